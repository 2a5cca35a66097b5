//! Proves that the suite can fail: a check that cannot is worth nothing.
//!
//! Every [`Mutant`] is a server that is wrong in one thing: an answer that `openapi.yaml` forbids, or a deviation of the
//! catalogue. It is *noticed* when a case departs by a requirement that it breaks. The suite is sound when each mutant is
//! noticed, or listed as one that nobody can notice; when each requirement that a case declares is, for some mutant, what
//! the case departs by, so that no assertion is idle; when a deviation is found by what it breaks, by all of it and by
//! nothing else; and when no case passes against a target that proves nothing. Which case notices what is committed, and
//! has to be exactly so.
//!
//! The clean run shows which case asserts what, and to which of its deviations the server came on the way. A change of an
//! answer is put to the cases that assert what it breaks; a deviation to all of its API that led the server to it, so that
//! what is found besides shows too. Until a server comes to where it departs it is the one that is right: all other cases
//! come to the same.

mod change;
mod equivalent;
mod flaw;
mod judge;
pub mod matrix;
mod mutant;
mod null_target;
mod selection;
mod structural;
pub mod tell;

pub use equivalent::Equivalent;
pub use flaw::Flaw;
pub use judge::{Judged, Ran};
pub use matrix::Kill;
pub use mutant::Mutant;

use crate::case::Case;
use crate::engine::{self, Event, Outcome, Pair};
use crate::known::Known;
use crate::plan::{Aim, Job, Plan};
use crate::report;
use crate::suite::Suite;
use crate::verdict::Verdict;
use judge::judge;
use null_target::NullTargets;
use selection::Selection;
use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// How to prove.
#[derive(Debug, Clone)]
pub struct Options {
    /// How many cases run side by side.
    pub jobs: NonZeroUsize,
    /// What random texts are made from.
    pub seed: u64,
    /// Only what fits one of these: the id of a mutant, of a case, of a requirement; `*` stands for any text.
    pub only: Vec<String>,
    /// What one case asserts of one requirement is taken for held.
    pub deaf_to: Option<Pair>,
}

/// What proving came to.
pub struct Proof {
    /// API by API.
    pub apis: Vec<ApiProof>,
}

/// What proving came to for one API.
pub struct ApiProof {
    /// The API's part of the suite.
    pub suite: &'static Suite,
    /// The mutants that were tried, and what became of each.
    pub mutants: Vec<Judged>,
    /// The targets that prove nothing, and which cases passed there.
    pub nulls: Vec<(String, Vec<String>)>,
    /// Why the suite is not sound; nothing when it is.
    pub flaws: Vec<Flaw>,
    /// Who notices what, whole: what was not tried now is as it is committed.
    pub kills: BTreeSet<Kill>,
}

impl Proof {
    /// Whether the suite can fail, wherever it should.
    pub fn is_sound(&self) -> bool {
        self.apis.iter().all(|api| api.flaws.is_empty())
    }
}

/// Tries all mutants, or those that are asked for.
///
/// # Errors
/// In words, when nothing could be tried: a pattern that fits nothing, a file that cannot be read, a server that does not
/// start.
pub fn prove(
    suites: &[&'static Suite],
    options: &Options,
    on_event: &mut dyn FnMut(Event<'_>),
) -> Result<Proof, String> {
    let mut subjects = suites.iter().map(|suite| Subject::new(suite)).collect::<Result<Vec<_>, _>>()?;
    let playing = engine::Options {
        jobs: options.jobs,
        seed: options.seed,
        deaf_to: options.deaf_to.clone(),
        ..engine::Options::default()
    };
    let selection = Selection::new(&subjects, &options.only)?;
    for subject in &mut subjects {
        subject.play_clean(&playing, &selection, on_event)?;
    }
    let nulls = match selection.with_nulls() {
        true => Some(NullTargets::start(suites)?),
        false => None,
    };
    let batches = batches(&subjects, &selection, nulls.as_ref());
    play(&mut subjects, batches, &playing, on_event)?;
    Ok(Proof { apis: subjects.into_iter().map(|subject| subject.proof(&selection)).collect() })
}

/// One API on its way through.
struct Subject {
    suite: &'static Suite,
    cases: Vec<Arc<Case>>,
    mutants: Vec<Mutant>,
    equivalents: Vec<Equivalent>,
    committed: BTreeSet<Kill>,
    /// The requirements that each case asserts of the server that is right, as far as it was played.
    asserted: BTreeMap<String, BTreeSet<&'static str>>,
    /// What each case came to against the server that is right, as far as it was played.
    clean: BTreeMap<String, Arc<Outcome>>,
    judged: BTreeMap<usize, Judged>,
    nulls: Vec<(String, Vec<String>)>,
    flaws: Vec<Flaw>,
}

impl Subject {
    fn new(suite: &'static Suite) -> Result<Self, String> {
        let api = suite.api.name;
        let (matrix, list) = (format!("matrix/{api}.txt"), format!("matrix/{api}.equivalent.toml"));
        Ok(Self {
            suite,
            cases: (suite.cases)().into_iter().map(Arc::new).collect(),
            mutants: Mutant::all(suite.api),
            equivalents: equivalent::read(suite.proof.equivalents).map_err(|what| format!("{list}: {what}"))?,
            committed: matrix::read(suite.proof.matrix).map_err(|what| format!("{matrix}: {what}"))?,
            asserted: BTreeMap::new(),
            clean: BTreeMap::new(),
            judged: BTreeMap::new(),
            nulls: Vec::new(),
            flaws: Vec::new(),
        })
    }

    /// Plays the cases against the server that is right: each passes, and shows what it asserts.
    fn play_clean(
        &mut self,
        options: &engine::Options,
        selection: &Selection,
        on_event: &mut dyn FnMut(Event<'_>),
    ) -> Result<(), String> {
        let aim = Arc::new(Aim::embedded(self.suite));
        let cases = self.cases.iter().filter(|case| {
            let is_put_to_it = |mutant| self.judges(case, mutant) && selection.takes(self, mutant, case);
            selection.is_whole() || self.mutants.iter().any(is_put_to_it)
        });
        let jobs = cases.map(|case| job(case, &aim)).collect();
        let plan = Plan { aims: vec![aim.clone()], jobs };
        let outcomes = engine::play(&plan, options, on_event).map_err(|error| error.to_string())?;
        for outcome in &outcomes {
            let ids = outcome.assertions.iter().map(|assertion| assertion.requirement.id);
            self.asserted.insert(outcome.case.id.to_string(), ids.collect());
        }
        if !outcomes.is_empty() {
            let about = report::Run {
                id: options.run.clone(),
                interrupted: false,
                ledger: None,
                seed: options.seed,
                started: SystemTime::UNIX_EPOCH,
                took: Duration::ZERO,
                command: String::new(),
                releases: Vec::new(),
                strict: true,
                with_exchanges: false,
                undeviated: true,
            };
            let report = report::assemble(about, &[&aim], &outcomes, &Known::default());
            let not_passing = report.cases.into_iter().filter(|case| case.verdict != Verdict::Pass);
            self.flaws.extend(not_passing.map(|case| Flaw::NotClean { case: case.id, verdict: case.verdict }));
            self.flaws.extend(report.errors.into_iter().map(|error| Flaw::SuiteError { mutant: None, error }));
        }
        let by_case = |outcome: Outcome| (outcome.case.id.to_string(), Arc::new(outcome));
        self.clean.extend(outcomes.into_iter().map(by_case));
        Ok(())
    }

    /// Whether a case asserts one of the requirements that a mutant breaks; or declares it, where it was not played yet.
    fn judges(&self, case: &Case, mutant: &Mutant) -> bool {
        match self.asserted.get(case.id.as_ref()) {
            Some(asserted) => mutant.breaks.iter().any(|requirement| asserted.contains(requirement.id)),
            None => mutant.breaks.iter().any(|requirement| case.requirements.contains(requirement)),
        }
    }

    /// What a case came to against the server that is right, where it comes to the same against one that departs so: no
    /// request of its led to where that server departs.
    fn spares(&self, mutant: &Mutant, case: &Case) -> Option<Arc<Outcome>> {
        let outcome = self.clean.get(case.id.as_ref())?;
        (mutant.is_deviation() && !outcome.asked.contains(mutant.id.as_str())).then(|| outcome.clone())
    }

    fn proof(mut self, selection: &Selection) -> ApiProof {
        let tried: Vec<Judged> = std::mem::take(&mut self.judged).into_values().collect();
        self.flaws.extend(flaw::of(&self, &tried, selection));
        let mut kills = self.committed;
        kills.retain(|kill| !tried.iter().any(|judged| judged.has_tried(kill)));
        let exists = |id: &str| self.mutants.iter().any(|mutant| mutant.id == id);
        kills.retain(|kill| exists(&kill.mutant) && self.cases.iter().any(|case| case.id == kill.case.as_str()));
        kills.extend(tried.iter().flat_map(|judged| judged.kills.iter().cloned()));
        ApiProof { suite: self.suite, mutants: tried, nulls: self.nulls, flaws: self.flaws, kills }
    }
}

fn job(case: &Arc<Case>, aim: &Arc<Aim>) -> Job {
    Job { case: case.clone(), aim: aim.clone(), skip: None }
}

/// What is played and judged together: a mutant, or a target that proves nothing.
struct Batch {
    /// The place of its API among the subjects.
    subject: usize,
    what: What,
    jobs: Vec<Job>,
    /// What the cases came to that need not be played.
    spared: Vec<Arc<Outcome>>,
    aim: Arc<Aim>,
}

enum What {
    /// The mutant's place among those of its API.
    Mutant(usize),
    Null(String),
}

fn batches(subjects: &[Subject], selection: &Selection, nulls: Option<&NullTargets>) -> Vec<Batch> {
    let mut batches = Vec::new();
    for (place, subject) in subjects.iter().enumerate() {
        for (number, mutant) in subject.mutants.iter().enumerate() {
            let cases: Vec<_> = subject.cases.iter().filter(|case| selection.takes(subject, mutant, case)).collect();
            if cases.is_empty() && !selection.is_whole() {
                continue;
            }
            let aim = Arc::new(mutant.aim(subject.suite));
            let (mut jobs, mut spared) = (Vec::new(), Vec::new());
            for case in cases {
                match subject.spares(mutant, case) {
                    Some(outcome) => spared.push(outcome),
                    None => jobs.push(job(case, &aim)),
                }
            }
            batches.push(Batch { subject: place, what: What::Mutant(number), jobs, spared, aim });
        }
        let own = nulls.into_iter().flat_map(|nulls| &nulls.targets);
        let own = own.filter(|null| null.aim.suite().api.name == subject.suite.api.name);
        for null in own.filter(|null| selection.takes_null(&null.id)) {
            let jobs = subject.cases.iter().map(|case| job(case, &null.aim)).collect();
            let what = What::Null(null.id.clone());
            batches.push(Batch { subject: place, what, jobs, spared: Vec::new(), aim: null.aim.clone() });
        }
    }
    batches
}

/// Plays all batches at once, and judges each as soon as its last case has ended.
fn play(
    subjects: &mut [Subject],
    batches: Vec<Batch>,
    options: &engine::Options,
    on_event: &mut dyn FnMut(Event<'_>),
) -> Result<(), String> {
    let mut plan = Plan { aims: Vec::new(), jobs: Vec::new() };
    let mut batch_of_job = Vec::new();
    let mut waiting: Vec<(Batch, usize, Vec<Outcome>)> = Vec::new();
    for mut batch in batches {
        let jobs = std::mem::take(&mut batch.jobs);
        batch_of_job.extend(std::iter::repeat_n(waiting.len(), jobs.len()));
        plan.aims.push(batch.aim.clone());
        match jobs.len() {
            0 => conclude(subjects, &batch, &[]),
            count => waiting.push((batch, count, Vec::new())),
        }
        plan.jobs.extend(jobs);
    }
    engine::play_each(&plan, options, on_event, &mut |place, outcome| {
        let (batch, left, outcomes) = &mut waiting[batch_of_job[place]];
        outcomes.push(outcome);
        *left -= 1;
        if *left == 0 {
            conclude(subjects, batch, &std::mem::take(outcomes));
        }
    })
    .map_err(|error| error.to_string())
}

fn conclude(subjects: &mut [Subject], batch: &Batch, outcomes: &[Outcome]) {
    let subject = &mut subjects[batch.subject];
    match &batch.what {
        What::Mutant(number) => {
            let judged = judge(subject, &subject.mutants[*number], outcomes, &batch.spared);
            subject.judged.insert(*number, judged);
        }
        What::Null(id) => {
            let passed = judge::passed(outcomes);
            subject.nulls.push((id.clone(), passed));
        }
    }
}
