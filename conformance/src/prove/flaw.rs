//! Why a suite is not sound, and what to do about it, in a sentence.

use super::matrix::Kill;
use super::selection::Selection;
use super::{Judged, Subject};
use crate::verdict::Verdict;
use probity_fixtures::{Level, Requirement};
use std::collections::BTreeSet;
use std::fmt;

/// One reason why the suite is not sound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Flaw {
    /// A case does not pass against the server that is right.
    NotClean {
        /// The case.
        case: String,
        /// What it came to.
        verdict: Verdict,
    },
    /// The suite itself failed.
    SuiteError {
        /// The mutant that it was put to.
        mutant: Option<String>,
        /// How.
        error: String,
    },
    /// Cases pass against a target that proves nothing.
    PassedNothing {
        /// The target.
        target: String,
        /// The cases.
        cases: Vec<String>,
    },
    /// No case notices a mutant. Its story is told from what the cases came to.
    Survivor {
        /// The mutant.
        mutant: String,
    },
    /// A mutant is noticed that is listed as one which nobody can notice.
    EquivalentNoticed {
        /// Who notices it.
        by: Kill,
    },
    /// A mutant is listed as one which nobody can notice, and there is no such mutant.
    EquivalentUnknown {
        /// What is listed.
        mutant: String,
    },
    /// No case finds a deviation by a requirement that the catalogue says it breaks.
    Unseen {
        /// The deviation.
        mutant: String,
        /// The requirement.
        requirement: &'static str,
    },
    /// A case finds a deviation by a requirement that the catalogue does not have it break.
    Besides {
        /// The deviation.
        mutant: String,
        /// The case.
        case: String,
        /// The requirement.
        requirement: &'static str,
        /// What came.
        actual: String,
    },
    /// A case is not known although all that a deviation breaks is on a known list.
    NotKnown {
        /// The deviation.
        mutant: String,
        /// The case.
        case: String,
        /// Why it is not.
        why: String,
    },
    /// No mutant makes a case depart from a requirement that it declares.
    Idle {
        /// The case.
        case: String,
        /// The requirement.
        requirement: &'static str,
    },
    /// The matrix has a case notice a mutant, and it does not.
    NoMore(Kill),
    /// A case notices a mutant, and the matrix does not have it so.
    New(Kill),
}

impl Flaw {
    /// What kind of flaw it is, in a word that scripts may look for.
    pub const fn kind(&self) -> &'static str {
        match self {
            Flaw::NotClean { .. } => "not-clean",
            Flaw::SuiteError { .. } => "suite-error",
            Flaw::PassedNothing { .. } => "passed-nothing",
            Flaw::Survivor { .. } => "survivor",
            Flaw::EquivalentNoticed { .. } => "equivalent-noticed",
            Flaw::EquivalentUnknown { .. } => "equivalent-unknown",
            Flaw::Unseen { .. } => "unseen",
            Flaw::Besides { .. } => "besides",
            Flaw::NotKnown { .. } => "not-known",
            Flaw::Idle { .. } => "idle",
            Flaw::NoMore(_) => "no-more",
            Flaw::New(_) => "new",
        }
    }

    /// Whether the matrix alone is what differs, which `--update` writes anew.
    pub const fn is_of_matrix(&self) -> bool {
        matches!(self, Flaw::NoMore(_) | Flaw::New(_))
    }
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Flaw::NotClean { case, verdict } => {
                write!(
                    f,
                    "{case} is {verdict} against the server that does what the document says; run it by --filter {case}"
                )
            }
            Flaw::SuiteError { mutant: None, error } => write!(f, "{error}"),
            Flaw::SuiteError { mutant: Some(mutant), error } => write!(f, "{mutant}: {error}"),
            Flaw::PassedNothing { target, cases } => write!(
                f,
                "{} against {target}, which proves nothing: give a control that asserts a `must`",
                passing(cases)
            ),
            Flaw::Survivor { mutant } => write!(f, "{mutant} survives: no case notices it"),
            Flaw::EquivalentNoticed { by: Kill { mutant, case, requirement } } => write!(
                f,
                "{mutant} is listed as equivalent, and {case} notices it by {requirement}: take it from the list"
            ),
            Flaw::EquivalentUnknown { mutant } => {
                write!(f, "{mutant} is listed as equivalent, and there is no such mutant: take it from the list")
            }
            Flaw::Unseen { mutant, requirement } => write!(
                f,
                "{mutant} breaks {requirement}, and no case finds it by that: write a case that asserts {requirement} and departs, or take the requirement from the deviation's `breaks`"
            ),
            Flaw::Besides { mutant, case, requirement, actual } => write!(
                f,
                "{mutant} is found by {requirement}, which it does not break, in {case} ({actual}): add it to the deviation's `breaks`, or have the case look more closely"
            ),
            Flaw::NotKnown { mutant, case, why } => write!(
                f,
                "with all that {mutant} breaks on a known list, {case} is not `known` ({why}): its control should rest on a requirement that the deviation breaks"
            ),
            Flaw::Idle { case, requirement } => write!(
                f,
                "{case} declares {requirement}, and no mutant makes it depart from that: add a deviation that breaks it to the catalogue (`deviations.toml`) and its switch to the server, or take the requirement from the case"
            ),
            Flaw::NoMore(Kill { mutant, case, requirement }) => write!(
                f,
                "{case} no longer notices {mutant} by {requirement}, as the matrix has it: mend the case; or if it should be so, --update"
            ),
            Flaw::New(Kill { mutant, case, requirement }) => {
                write!(f, "{case} notices {mutant} by {requirement}, which the matrix does not have: --update adds it")
            }
        }
    }
}

fn passing(cases: &[String]) -> String {
    let verb = if cases.len() == 1 { "passes" } else { "pass" };
    format!("{} {verb}", cases.join(", "))
}

/// All that is wrong, by what was tried.
pub(super) fn of(subject: &Subject, tried: &[Judged], selection: &Selection) -> Vec<Flaw> {
    let mut flaws: Vec<Flaw> = Vec::new();
    let passed = subject.nulls.iter().filter(|(_, cases)| !cases.is_empty());
    flaws.extend(passed.map(|(target, cases)| Flaw::PassedNothing { target: target.clone(), cases: cases.clone() }));
    for judged in tried {
        flaws.extend(of_mutant(subject, judged));
    }
    flaws.extend(idle(subject, tried, selection));
    flaws.extend(of_lists(subject, selection));
    let kills: BTreeSet<&Kill> = tried.iter().flat_map(|judged| &judged.kills).collect();
    let expected = |kill: &&Kill| selection.is_whole() || tried.iter().any(|judged| judged.has_tried(kill));
    let no_more = subject.committed.iter().filter(expected).filter(|kill| !kills.contains(kill));
    flaws.extend(no_more.cloned().map(Flaw::NoMore));
    let new = kills.iter().filter(|kill| !subject.committed.contains(**kill));
    flaws.extend(new.map(|kill| Flaw::New((*kill).clone())));
    flaws
}

fn of_mutant(subject: &Subject, judged: &Judged) -> Vec<Flaw> {
    let mutant = || judged.mutant.clone();
    let mut flaws: Vec<Flaw> = Vec::new();
    let errors = judged.errors.iter().cloned();
    flaws.extend(errors.map(|error| Flaw::SuiteError { mutant: Some(mutant()), error }));
    let is_listed = subject.equivalents.iter().any(|equivalent| equivalent.mutant == judged.mutant);
    match judged.kills.first() {
        Some(by) if is_listed => flaws.push(Flaw::EquivalentNoticed { by: by.clone() }),
        None if !is_listed && was_put_to_all(subject, judged) => flaws.push(Flaw::Survivor { mutant: mutant() }),
        _ => {}
    }
    if !judged.is_deviation {
        return flaws;
    }
    if judged.is_noticed() && was_put_to_all(subject, judged) {
        let seen = |requirement: &Requirement| judged.kills.iter().any(|kill| kill.requirement == requirement.id);
        let unseen = judged.breaks.iter().filter(|requirement| !seen(requirement));
        flaws.extend(unseen.map(|requirement| Flaw::Unseen { mutant: mutant(), requirement: requirement.id }));
    }
    flaws.extend(judged.besides.iter().map(|(case, requirement, actual)| Flaw::Besides {
        mutant: mutant(),
        case: case.clone(),
        requirement: requirement.id,
        actual: actual.clone(),
    }));
    // What is found besides is not known for that reason.
    let is_found_besides = |case: &str| judged.besides.iter().any(|(other, ..)| other == case);
    let unknown = judged.unknown.iter().filter(|(case, _)| !is_found_besides(case)).cloned();
    flaws.extend(unknown.map(|(case, why)| Flaw::NotKnown { mutant: mutant(), case, why }));
    flaws
}

/// Whether a mutant was put to every case that asserts what it breaks.
fn was_put_to_all(subject: &Subject, judged: &Judged) -> bool {
    let Some(mutant) = subject.mutants.iter().find(|mutant| mutant.id == judged.mutant) else { return false };
    let judges = subject.cases.iter().filter(|case| subject.judges(case, mutant));
    judges.into_iter().all(|case| judged.ran.iter().any(|ran| ran.case == case.id))
}

/// The pairs of case and requirement that no mutant makes depart, of those that are asked for, and that were put to every
/// mutant which could.
fn idle(subject: &Subject, tried: &[Judged], selection: &Selection) -> Vec<Flaw> {
    let kills: BTreeSet<(&str, &str)> = tried
        .iter()
        .flat_map(|judged| &judged.kills)
        .map(|kill| (kill.case.as_str(), kill.requirement.as_str()))
        .collect();
    let was_tried = |case: &str, mutant: &str| {
        tried.iter().any(|judged| judged.mutant == mutant && judged.ran.iter().any(|ran| ran.case == case))
    };
    let mut flaws = Vec::new();
    for case in &subject.cases {
        for requirement in case.requirements.iter().filter(|requirement| requirement.level != Level::Open) {
            let is_meant = selection.is_whole() || selection.asks_for(&case.id) || selection.asks_for(requirement.id);
            let mut could = subject.mutants.iter().filter(|mutant| mutant.breaks.contains(requirement));
            let is_noticed = kills.contains(&(case.id.as_ref(), requirement.id));
            if is_meant && !is_noticed && could.all(|mutant| was_tried(&case.id, &mutant.id)) {
                flaws.push(Flaw::Idle { case: case.id.to_string(), requirement: requirement.id });
            }
        }
    }
    flaws
}

fn of_lists(subject: &Subject, selection: &Selection) -> Vec<Flaw> {
    let exists = |id: &str| subject.mutants.iter().any(|mutant| mutant.id == id);
    let unknown = subject.equivalents.iter().filter(|equivalent| selection.is_whole() && !exists(&equivalent.mutant));
    unknown.map(|equivalent| Flaw::EquivalentUnknown { mutant: equivalent.mutant.clone() }).collect()
}
