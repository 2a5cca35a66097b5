//! Each way to depart from a document is seen, by what it breaks and by nothing else.

use crate::run::Run;
use probity_conformance::SUITES;
use probity_conformance::verdict::Verdict;
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
    for deviation in SUITES.iter().flat_map(|suite| suite.api.deviations) {
        let report = Run::with_deviation(deviation.id).report();
        assert_eq!(report.errors, Vec::<String>::new(), "{}", deviation.id);
        let broken: BTreeSet<_> = deviation.breaks.iter().map(|requirement| requirement.id).collect();
        let findings = report.cases.iter().flat_map(|case| &case.findings);
        assert_eq!(findings.map(|finding| finding.requirement).collect::<BTreeSet<_>>(), broken, "{}", deviation.id);
        for (case, finding) in
            report.cases.iter().flat_map(|case| case.findings.iter().map(move |finding| (case, finding)))
        {
            let least = if finding.level == "must" { Verdict::Fail } else { Verdict::Warn };
            assert!(case.verdict >= least, "{}: {} by {}", deviation.id, case.verdict, finding.requirement);
        }
    }
}

#[test]
fn with_what_it_breaks_known_a_deviation_leaves_nothing_failing_stale_or_inconclusive() {
    for deviation in SUITES.iter().flat_map(|suite| suite.api.deviations) {
        let known = deviation.breaks.to_vec();
        let report = Run { known, ..Run::with_deviation(deviation.id) }.report();
        for case in &report.cases {
            let fine = [Verdict::Pass, Verdict::Known].contains(&case.verdict);
            assert!(fine, "{}: {} is {}: {:?}", deviation.id, case.id, case.verdict, case.inconclusive);
        }
        assert_eq!(report.run.exit, 0, "{}: {:?}", deviation.id, report.known);
    }
}
