//! A run within this process, as the command line makes one.

use probity_conformance::SUITES;
use probity_conformance::engine::{self, Options, Outcome};
use probity_conformance::known::{Entry, Known};
use probity_conformance::plan::{Aim, Plan};
use probity_conformance::report::{self, Report};
use probity_conformance::run::Alteration;
use probity_conformance::suite::Suite;
use probity_fixtures::Requirement;
use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// What a run against the embedded servers is told.
#[derive(Default)]
pub(crate) struct Run {
    pub(crate) deviations: Vec<&'static str>,
    pub(crate) filter: Vec<String>,
    pub(crate) alteration: Option<Alteration>,
}

impl Run {
    pub(crate) fn with_deviation(id: &'static str) -> Self {
        Self { deviations: vec![id], ..Self::default() }
    }

    pub(crate) fn of_cases(filter: &str) -> Self {
        Self { filter: vec![filter.to_owned()], ..Self::default() }
    }

    pub(crate) fn report(self) -> Report {
        self.played().report(&[])
    }

    pub(crate) fn played(self) -> Played {
        let undeviated = self.deviations.is_empty() && self.alteration.is_none();
        // What departs from one API's document says nothing of another API.
        let deviates = |suite: &Suite| suite.api.deviations.iter().any(|d| self.deviations.contains(&d.id));
        let suites = SUITES.iter().filter(|suite| self.deviations.is_empty() || deviates(suite));
        let aims = suites.map(|suite| {
            Arc::new(Aim::Embedded { suite, deviations: self.deviations.clone(), alteration: self.alteration.clone() })
        });
        let plan = Plan::new(aims.collect(), &self.filter).expect("the filter names cases");
        let jobs = NonZeroUsize::new(2).expect("two is not zero");
        let options = Options { jobs, seed: 7, ..Options::default() };
        let outcomes = engine::play(&plan, &options, &mut |_| {}).expect("openapi.yaml can be used");
        Played { plan, outcomes, undeviated }
    }
}

/// What a run came to, before it is judged.
pub(crate) struct Played {
    plan: Plan,
    outcomes: Vec<Outcome>,
    undeviated: bool,
}

impl Played {
    /// How many requests each case sent.
    pub(crate) fn requests(&self) -> BTreeMap<String, usize> {
        self.outcomes.iter().map(|outcome| (outcome.case.id.to_string(), outcome.exchanges.len())).collect()
    }

    /// The report, with these requirements on the known list.
    pub(crate) fn report(&self, known: &[&'static Requirement]) -> Report {
        let about = report::Run {
            id: "test".to_owned(),
            interrupted: false,
            ledger: None,
            seed: 7,
            started: SystemTime::UNIX_EPOCH,
            took: Duration::ZERO,
            command: "probity".to_owned(),
            releases: Vec::new(),
            strict: false,
            with_exchanges: false,
            undeviated: self.undeviated,
        };
        let aims: Vec<&Aim> = self.plan.aims.iter().map(|aim| &**aim).collect();
        let known = Known { entries: known.iter().copied().map(entry).collect() };
        report::assemble(about, &aims, &self.outcomes, &known)
    }
}

fn entry(requirement: &'static Requirement) -> Entry {
    Entry::new(requirement, "it is known", "a test")
}
