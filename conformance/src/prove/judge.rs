//! What a mutant came to: which cases notice it, by what, and what the others made of it.

use super::Subject;
use super::matrix::Kill;
use super::mutant::Mutant;
use crate::departed::departed;
use crate::engine::Outcome;
use crate::known::{Entry, Known};
use crate::report::undecodable;
use crate::run::Stop;
use crate::verdict::{self, Verdict};
use probity_fixtures::Requirement;
use std::collections::BTreeSet;
use std::sync::Arc;

/// What a mutant came to.
pub struct Judged {
    /// The mutant's id.
    pub mutant: String,
    /// What such a server does.
    pub says: String,
    /// The requirements that it breaks.
    pub breaks: Vec<&'static Requirement>,
    /// It is a deviation of the reference server.
    pub is_deviation: bool,
    /// No answer came that it would have changed.
    pub never_came_up: bool,
    /// Who notices it.
    pub kills: BTreeSet<Kill>,
    /// What cases depart by that it does not break: the case, the requirement, what came.
    pub besides: Vec<(String, &'static Requirement, String)>,
    /// Cases that are not known although all that it breaks is on the known list: the case, and why.
    pub unknown: Vec<(String, String)>,
    /// What went wrong in the suite itself.
    pub errors: Vec<String>,
    /// The cases that were put to it, and what each came to.
    pub ran: Vec<Ran>,
}

/// What a case that was put to a mutant came to.
pub struct Ran {
    /// The case.
    pub case: String,
    /// It asserts what the mutant breaks.
    pub judges: bool,
    /// What it came to.
    pub verdict: Verdict,
    /// Why it ended early, where it did.
    pub stop: Option<String>,
}

impl Judged {
    /// Some case notices it.
    pub fn is_noticed(&self) -> bool {
        !self.kills.is_empty()
    }

    /// Whether an entry of the matrix is about a case that was put to this mutant.
    pub(super) fn has_tried(&self, kill: &Kill) -> bool {
        kill.mutant == self.mutant && self.ran.iter().any(|ran| ran.case == kill.case)
    }
}

/// Of `played` are the cases that were put to the mutant, of `spared` those that come to the same without it.
pub(super) fn judge(subject: &Subject, mutant: &Mutant, played: &[Outcome], spared: &[Arc<Outcome>]) -> Judged {
    let outcomes: Vec<&Outcome> = played.iter().chain(spared.iter().map(Arc::as_ref)).collect();
    let known = Known { entries: mutant.breaks.iter().map(entry).collect() };
    let mut judged = Judged {
        mutant: mutant.id.clone(),
        says: mutant.says.clone(),
        breaks: mutant.breaks.clone(),
        is_deviation: mutant.is_deviation(),
        never_came_up: mutant.never_came_up(),
        kills: BTreeSet::new(),
        besides: Vec::new(),
        unknown: Vec::new(),
        errors: Vec::new(),
        ran: Vec::new(),
    };
    for outcome in &outcomes {
        let case = outcome.case.id.to_string();
        let departed = departed(outcome, &outcomes);
        let requirements: Vec<_> = departed.iter().map(|one| (one.requirement, one.actual)).collect();
        let verdict = verdict::of_case(outcome, &requirements, &Known::default());
        let stop = stopped(outcome);
        for one in &departed {
            let requirement = one.requirement;
            let weighs = verdict::of_finding(requirement, &case, one.actual, &Known::default()) > Verdict::Pass;
            match mutant.breaks.contains(&requirement) {
                true if weighs && verdict > Verdict::Pass => drop(judged.kills.insert(Kill {
                    mutant: mutant.id.clone(),
                    case: case.clone(),
                    requirement: requirement.id.to_owned(),
                })),
                true => {}
                false => {
                    let actual = one.shown_by.secrets.mask_briefly(one.actual);
                    judged.besides.push((case.clone(), requirement, actual));
                }
            }
        }
        let with_known = verdict::of_case(outcome, &requirements, &known);
        if !matches!(with_known, Verdict::Pass | Verdict::Known) {
            judged.unknown.push((case.clone(), stop.clone().unwrap_or_else(|| format!("it is {with_known}"))));
        }
        judged.errors.extend(outcome.suite_error.as_ref().map(|error| outcome.secrets.mask_briefly(error)));
        let judges = subject.judges(&outcome.case, mutant);
        judged.ran.push(Ran { case, judges, verdict, stop });
    }
    if judged.is_deviation {
        judged.errors.extend(undecodable(played));
    }
    judged.ran.sort_by(|one, other| one.case.cmp(&other.case));
    judged
}

/// The cases that pass, or come near to it.
pub(super) fn passed(outcomes: &[Outcome]) -> Vec<String> {
    let passes = outcomes.iter().filter(|outcome| {
        let requirements: Vec<_> =
            departed(outcome, outcomes).into_iter().map(|one| (one.requirement, one.actual)).collect();
        let verdict = verdict::of_case(outcome, &requirements, &Known::default());
        matches!(verdict, Verdict::Pass | Verdict::Warn)
    });
    passes.map(|outcome| outcome.case.id.to_string()).collect()
}

fn entry(requirement: &&'static Requirement) -> Entry {
    Entry::new(requirement, "the mutant breaks it", "prove")
}

fn stopped(outcome: &Outcome) -> Option<String> {
    let reason = match outcome.stop.as_ref()? {
        Stop::Inconclusive { reason, .. } | Stop::Skip(reason) => reason,
    };
    Some(outcome.secrets.mask_briefly(reason))
}
