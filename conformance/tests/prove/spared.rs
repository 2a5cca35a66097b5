//! A case that led the server to none of the places where it would have departed need not be played against one that does.

use probity_conformance::SUITES;
use probity_conformance::case::Case;
use probity_conformance::engine::{self, Options, Outcome};
use probity_conformance::plan::{Aim, Job, Plan};
use probity_conformance::suite::Suite;
use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::sync::Arc;

/// So many pairs of case and deviation of each API, drawn anew whenever the matrix changes.
const SAMPLE: usize = 40;

#[test]
fn a_case_that_did_not_come_to_where_a_server_departs_comes_to_the_same_against_it() {
    for suite in SUITES {
        let right = Arc::new(Aim::embedded(suite));
        let cases: Vec<Arc<Case>> = (suite.cases)().into_iter().map(Arc::new).collect();
        let clean = play(cases.iter().map(|case| (case.clone(), right.clone())));
        let spared = |outcome: &&Outcome| {
            let ids = suite.api.deviations.iter().map(|deviation| deviation.id);
            ids.filter(|id| !outcome.asked.contains(id)).collect::<Vec<_>>()
        };
        let mut pairs: Vec<_> =
            clean.iter().flat_map(|outcome| spared(&outcome).into_iter().map(move |id| (outcome, id))).collect();
        assert!(pairs.len() > clean.len(), "most cases are spared most deviations");
        fastrand::Rng::with_seed(suite.proof.matrix.len() as u64).shuffle(&mut pairs);
        pairs.truncate(SAMPLE);
        let deviating = |(outcome, id): &(&Outcome, &'static str)| (outcome.case.clone(), departing(suite, id));
        for ((clean, id), played) in pairs.iter().zip(play(pairs.iter().map(deviating))) {
            assert_eq!(came_to(&played), came_to(clean), "{} against {id}", played.case.id);
            assert!(!played.asked.contains(id), "{} against {id}", played.case.id);
        }
    }
}

#[test]
fn every_deviation_is_come_to_by_a_case() {
    for suite in SUITES {
        let right = Arc::new(Aim::embedded(suite));
        let clean = play((suite.cases)().into_iter().map(|case| (Arc::new(case), right.clone())));
        let come_to: BTreeSet<&str> = clean.iter().flat_map(|outcome| outcome.asked.iter().copied()).collect();
        let all: BTreeSet<&str> = suite.api.deviations.iter().map(|deviation| deviation.id).collect();
        assert_eq!(come_to, all);
    }
}

fn departing(suite: &'static Suite, deviation: &'static str) -> Arc<Aim> {
    Arc::new(Aim::deviating(suite, vec![deviation]))
}

fn play(jobs: impl Iterator<Item = (Arc<Case>, Arc<Aim>)>) -> Vec<Outcome> {
    let jobs: Vec<_> = jobs.map(|(case, aim)| Job { case, aim, skip: None }).collect();
    let plan = Plan { aims: jobs.iter().map(|job| job.aim.clone()).collect(), jobs };
    let options = Options { jobs: NonZeroUsize::new(2).expect("two is not zero"), ..Options::default() };
    engine::play(&plan, &options, &mut |_| ()).expect("it can be played")
}

/// What a case asserted, whether that held, and how it ended.
fn came_to(outcome: &Outcome) -> (Vec<(&str, bool)>, usize, bool) {
    let asserted = outcome.assertions.iter().map(|assertion| (assertion.requirement.id, assertion.actual.is_none()));
    let is_complete = outcome.stop.is_none() && outcome.suite_error.is_none();
    (asserted.collect(), outcome.departures.len(), is_complete)
}
