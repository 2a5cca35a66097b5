//! From each statement that can be tested there is a way to a case, and to a mutant that proves that the case can fail.

use probity_conformance::SUITES;
use probity_conformance::trace::trace;

#[test]
fn every_testable_statement_has_a_case_and_a_mutant_that_proves_it() {
    for suite in SUITES {
        let traced = trace(suite).expect("the matrix can be read");
        let lacks: Vec<_> = traced.iter().filter_map(|traced| traced.lacks()).collect();
        assert_eq!(lacks, Vec::<String>::new());
    }
}

#[test]
fn every_cited_line_is_one_of_the_document() {
    for suite in SUITES {
        let lines = suite.api.document.lines;
        for requirement in suite.api.requirements {
            assert!(!requirement.lines.is_empty(), "{} cites no line", requirement.id);
            for (first, last) in requirement.lines {
                let there = 1 <= *first && first <= last && *last <= lines;
                assert!(there, "{} cites lines {first}-{last} of {lines}", requirement.id);
            }
        }
    }
}

#[test]
fn a_release_that_departs_is_told_with_the_deviation_by_which_it_does() {
    let umami = SUITES.iter().find(|suite| suite.api.name == "umami").expect("it is there");
    let traced = trace(umami).expect("the matrix can be read");
    let format = traced.iter().find(|traced| traced.requirement.id == "umami.login.created-at-format");
    let format = format.expect("a requirement");
    assert!(format.releases.contains(&("umami-3.1.0", "umami.created-at-iso")), "{format:?}");
    assert!(format.mutants.contains(&"umami.login.2XX:/user/createdAt:another-value".to_owned()), "{format:?}");
}
