//! A few mutants of each API, as the matrix has them. All of them are tried by `cargo xtask conformance prove`.

use crate::inject::{only, prove, told};
use probity_conformance::SUITES;
use probity_conformance::prove::Mutant;

/// So many mutants of each API, drawn anew whenever the matrix changes.
const SAMPLE: usize = 4;

#[test]
fn a_sample_of_mutants_is_noticed_as_the_matrix_has_it() {
    for suite in SUITES {
        let mut ids: Vec<String> = Mutant::all(suite.api).into_iter().map(|mutant| mutant.id).collect();
        fastrand::Rng::with_seed(suite.proof.matrix.len() as u64).shuffle(&mut ids);
        let ids: Vec<&str> = ids.iter().take(SAMPLE).map(String::as_str).collect();
        let proof = prove(suite, &only(&ids));
        assert_eq!(told(&proof), Vec::<String>::new(), "{ids:?}");
        assert_eq!(proof.apis[0].mutants.len(), SAMPLE);
    }
}

#[test]
fn no_case_passes_against_a_target_that_proves_nothing() {
    for suite in SUITES {
        let proof = prove(suite, &only(&["null.*"]));
        assert_eq!(told(&proof), Vec::<String>::new());
        assert_eq!(proof.apis[0].nulls.len(), 8, "the servers of other APIs are tried when these are proven along");
    }
}
