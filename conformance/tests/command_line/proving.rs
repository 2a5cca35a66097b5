//! `prove`, as the command line has it.

use crate::probity::probity;
use serde_json::Value;

#[test]
fn one_mutant_is_proven_in_a_moment_and_told_in_a_table_with_the_score() {
    let out = probity(&["prove", "--api", "umami", "--only", "umami.login-may-be-cached"]).with(0).out;
    assert!(out.contains("umami.login.not-stored"), "{out}");
    assert!(out.contains("umami: 1 of 1 mutants noticed, 100 %"), "{out}");
    assert!(out.lines().last().is_some_and(|last| last.starts_with("sound")), "{out}");
}

#[test]
fn json_tells_the_same_for_programs() {
    let out = probity(&["prove", "--api", "umami", "--only", "umami.login-may-be-cached", "--json"]).with(0).out;
    let proof: Value = serde_json::from_str(&out).expect("JSON");
    assert_eq!(proof["schema"], "probity.proof/1");
    assert_eq!(proof["sound"], true);
    let noticed = &proof["apis"][0]["mutants"][0]["noticed"][0];
    assert_eq!(noticed["case"], "umami.login.not-stored");
}

#[test]
fn what_there_is_not_is_a_usage_error() {
    probity(&["prove", "--only", "umami.never-heard-of"]).told(&["--only umami.never-heard-of", "list --matrix"]);
    probity(&["prove", "--api", "umani"]).told(&["did you mean umami?"]);
}

#[test]
fn list_tells_the_way_from_a_statement_to_its_proof() {
    let out = probity(&["list", "--api", "umami", "--matrix"]).with(0).out;
    let statement = out.split("umami.login.created-at-format").nth(1).expect("it is listed");
    let statement = statement.split("\n  must").next().unwrap_or_default();
    for word in ["line", "cases    umami.login.shape", "umami.created-at-iso", "umami-3.1.0 by umami.created-at-iso"] {
        assert!(statement.contains(word), "{word}: {statement}");
    }
}
