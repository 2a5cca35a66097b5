//! Each way to depart from a document is seen, by what it breaks and by nothing else.

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

#[test]
fn each_deviation_is_found_by_each_requirement_that_it_breaks_and_by_no_other() {
    let mut wrong = Vec::new();
    for deviation in SUITES.iter().flat_map(|suite| suite.api.deviations) {
        let played = Run::with_deviation(deviation.id).played();
        wrong.extend(seen_otherwise(deviation, &played.report(&[])));
        wrong.extend(not_all_known(deviation, &played.report(deviation.breaks)));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// What the report finds that the deviation does not break, what it misses, and what it judges too lightly.
fn seen_otherwise(deviation: &Deviation, report: &Report) -> Vec<String> {
    let broken: BTreeSet<_> = deviation.breaks.iter().map(|requirement| requirement.id).collect();
    let findings = || report.cases.iter().flat_map(|case| case.findings.iter().map(move |finding| (case, finding)));
    let found: BTreeSet<_> = findings().map(|(_, finding)| finding.requirement).collect();
    let id = deviation.id;
    let missed = broken.difference(&found).map(|requirement| format!("{id}: {requirement} is broken and not found"));
    let besides = found.difference(&broken).map(|requirement| format!("{id}: {requirement} is found and not broken"));
    let light = findings()
        .filter(|(case, finding)| case.verdict < if finding.level == "must" { Verdict::Fail } else { Verdict::Warn });
    let light =
        light.map(|(case, finding)| format!("{id}: {} is {} by {}", case.id, case.verdict, finding.requirement));
    let errors = report.errors.iter().map(|error| format!("{id}: {error}"));
    missed.chain(besides).chain(light).chain(errors).collect()
}

/// What is failing, stale or inconclusive although all that the deviation breaks is on the known list.
fn not_all_known(deviation: &Deviation, report: &Report) -> Vec<String> {
    let fine = [Verdict::Pass, Verdict::Known];
    let cases = report.cases.iter().filter(|case| !fine.contains(&case.verdict));
    let cases = cases.map(|case| {
        let why = case.inconclusive.as_ref().map(|inconclusive| &inconclusive.reason);
        format!("{}: with all known, {} is {}: {why:?}", deviation.id, case.id, case.verdict)
    });
    let stale = report.known.iter().filter(|entry| entry.state != KnownState::Departs);
    cases.chain(stale.map(|entry| format!("{}: {} is {:?}", deviation.id, entry.entry, entry.state))).collect()
}
