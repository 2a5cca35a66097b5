//! What servers come to that are known: one that does what the documents say, and some that depart in one thing.

use crate::run::Run;
use probity_conformance::SUITES;
use probity_conformance::report::{KnownState, Report};
use probity_conformance::verdict::Verdict;
use probity_fixtures::Deviation;
use std::collections::BTreeSet;

#[test]
fn a_server_that_does_what_the_document_says_passes_every_case() {
    let report = Run::default().report();
    assert_eq!(report.errors, Vec::<String>::new());
    for case in &report.cases {
        assert_eq!(case.verdict, Verdict::Pass, "{}: {:?} {:?}", case.id, case.findings, case.skip);
    }
    assert_eq!(report.run.exit, 0);
}

#[test]
fn every_requirement_is_exercised_or_says_why_it_cannot_be() {
    let report = Run::default().report();
    for requirement in &report.requirements {
        match requirement.untestable {
            Some(_) => assert!(requirement.cases.is_empty(), "{} is untestable, and has a case", requirement.id),
            None => assert_eq!(requirement.verdict, Verdict::Pass, "{}", requirement.id),
        }
    }
    let counts = report.summary.requirements;
    assert_eq!(counts.exercised + counts.untestable, counts.total);
}

#[test]
fn every_open_requirement_that_can_be_seen_is_observed() {
    let report = Run::default().report();
    let observed: BTreeSet<_> = report.observations.iter().map(|observation| observation.requirement).collect();
    let open = SUITES.iter().flat_map(|suite| suite.api.requirements);
    let open = open.filter(|requirement| requirement.question.is_some() && requirement.untestable.is_none());
    assert_eq!(observed, open.map(|requirement| requirement.id).collect());
}

/// So many deviations of each API, drawn anew whenever a catalogue grows. That each is found, and by what, `prove` shows.
const SAMPLE: usize = 2;

#[test]
fn all_that_a_deviation_breaks_can_be_listed_as_known() {
    for suite in SUITES {
        let mut deviations: Vec<&Deviation> = suite.api.deviations.iter().collect();
        fastrand::Rng::with_seed(deviations.len() as u64).shuffle(&mut deviations);
        for deviation in deviations.into_iter().take(SAMPLE) {
            let report = Run::with_deviation(deviation.id).played().report(deviation.breaks);
            assert_eq!(not_known(deviation, &report), Vec::<String>::new());
            assert_eq!(report.run.exit, 0, "{}", deviation.id);
        }
    }
}

/// What is failing, stale or inconclusive although all that the deviation breaks is on the known list.
fn not_known(deviation: &Deviation, report: &Report) -> Vec<String> {
    let fine = [Verdict::Pass, Verdict::Known];
    let cases = report.cases.iter().filter(|case| !fine.contains(&case.verdict));
    let cases = cases.map(|case| {
        let why = case.inconclusive.as_ref().map(|inconclusive| &inconclusive.reason);
        format!("{}: with all known, {} is {}: {why:?}", deviation.id, case.id, case.verdict)
    });
    let stale = report.known.iter().filter(|entry| entry.state != KnownState::Departs);
    cases.chain(stale.map(|entry| format!("{}: {} is {:?}", deviation.id, entry.entry, entry.state))).collect()
}
