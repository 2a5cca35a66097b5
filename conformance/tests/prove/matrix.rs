//! The committed matrices are what `--update` would write, of mutants, cases and requirements that there are.

use probity_conformance::SUITES;
use probity_conformance::prove::{Kill, Mutant, matrix};
use std::collections::BTreeSet;

#[test]
fn a_matrix_is_read_as_it_is_written() {
    for suite in SUITES {
        let kills = matrix::read(suite.proof.matrix).expect("it is one");
        assert_eq!(matrix::written(&kills), suite.proof.matrix, "{}", suite.api.name);
    }
}

#[test]
fn a_matrix_names_what_there_is() {
    for suite in SUITES {
        let mutants: BTreeSet<_> = Mutant::all(suite.api).into_iter().map(|mutant| mutant.id).collect();
        let cases: BTreeSet<_> = (suite.cases)().into_iter().map(|case| case.id.to_string()).collect();
        for kill in matrix::read(suite.proof.matrix).expect("it is one") {
            assert!(mutants.contains(&kill.mutant), "{}", kill.mutant);
            assert!(cases.contains(&kill.case), "{}", kill.case);
            assert!(suite.api.requirement(&kill.requirement).is_some(), "{}", kill.requirement);
        }
    }
}

#[test]
fn a_line_that_is_no_entry_is_told_by_its_number() {
    let told = matrix::read("# a comment\n\none two three\none two\n").expect_err("the fourth line is none");
    assert_eq!(told, "line 4: a mutant, a case and a requirement were expected");
}

#[test]
fn a_matrix_is_sorted_whatever_order_it_came_in() {
    let kill = |mutant: &str| Kill { mutant: mutant.to_owned(), case: "c".to_owned(), requirement: "r".to_owned() };
    let written = matrix::written(&BTreeSet::from([kill("b"), kill("a")]));
    assert!(written.ends_with("\na c r\nb c r\n"), "{written}");
}
