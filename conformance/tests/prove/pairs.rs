//! Whatever a case asserts of a requirement, `prove` misses it when it is gone.

use crate::inject::{only, told};
use probity_conformance::SUITES;
use probity_conformance::engine::Pair;
use probity_conformance::prove::{Kill, Options, matrix, prove};
use probity_conformance::suite::Suite;
use std::collections::{BTreeMap, BTreeSet};

/// So many pairs of each API, drawn anew whenever the matrix changes.
const SAMPLE: usize = 6;

#[test]
fn an_assertion_that_is_dropped_is_missed_by_the_mutant_that_survives_it() {
    for suite in SUITES {
        for ((case, requirement), mutants) in sample(suite) {
            // All mutants that the case notices by the requirement; a deviation would be put to every case of the API.
            let changes: Vec<&str> = mutants.iter().map(String::as_str).filter(|id| id.contains(':')).collect();
            let tried = if changes.is_empty() { vec![case.as_str()] } else { changes };
            let requirement = suite.api.requirement(&requirement).expect("the matrix names what there is").id;
            let deaf_to = Some(Pair { case: case.clone(), requirement });
            let proof = prove(&[suite], &Options { deaf_to, ..only(&tried) }, &mut |_| ()).expect("it can be tried");
            let flaws = told(&proof);
            assert!(!proof.is_sound(), "{case} asserts {requirement} no more, and nobody minds");
            let named = mutants.iter().filter(|mutant| flaws.iter().any(|flaw| flaw.contains(*mutant)));
            assert!(named.count() > 0, "of {mutants:?} none is named by {flaws:#?}");
        }
    }
}

/// A fair sample of the pairs of case and requirement in the matrix, each with the mutants that it notices.
fn sample(suite: &Suite) -> Vec<((String, String), BTreeSet<String>)> {
    let mut pairs: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
    for Kill { mutant, case, requirement } in matrix::read(suite.proof.matrix).expect("it is one") {
        pairs.entry((case, requirement)).or_default().insert(mutant);
    }
    let mut pairs: Vec<_> = pairs.into_iter().collect();
    fastrand::Rng::with_seed(suite.proof.matrix.len() as u64).shuffle(&mut pairs);
    pairs.truncate(SAMPLE);
    pairs
}
