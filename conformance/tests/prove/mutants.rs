//! Which mutants follow from `openapi.yaml`.

use probity_conformance::SUITES;
use probity_conformance::prove::Mutant;
use std::collections::BTreeSet;

fn changes(api: &str) -> Vec<Mutant> {
    let suite = SUITES.iter().find(|suite| suite.api.name == api).expect("an API");
    Mutant::all(suite.api).into_iter().filter(|mutant| !mutant.is_deviation()).collect()
}

#[test]
fn each_marked_part_of_each_answer_has_its_mutants() {
    let line = |mutant: Mutant| {
        let breaks: Vec<_> = mutant.breaks.iter().map(|requirement| requirement.id).collect();
        format!("{}  {}", mutant.id, breaks.join(" "))
    };
    let lines: Vec<_> = changes("umami").into_iter().map(line).collect();
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn ids_are_unique_and_each_mutant_breaks_what_binds() {
    for suite in SUITES {
        let mut seen = BTreeSet::new();
        for mutant in Mutant::all(suite.api) {
            assert!(!mutant.breaks.is_empty(), "{} breaks nothing", mutant.id);
            assert!(mutant.breaks.iter().all(|requirement| requirement.question.is_none()), "{}", mutant.id);
            assert!(seen.insert(mutant.id.clone()), "{} stands twice", mutant.id);
        }
    }
}

#[test]
fn what_is_only_observed_is_left_alone() {
    for mutant in changes("umami") {
        assert!(!mutant.id.starts_with("umami.stats"), "{}", mutant.id);
        assert!(!mutant.id.starts_with("umami.send.2XX:/"), "{}", mutant.id);
    }
}

#[test]
fn a_refusal_whose_form_is_stated_has_mutants_too() {
    let ids: Vec<_> = changes("tinyauth").into_iter().map(|mutant| mutant.id).collect();
    for id in [
        "tinyauth.auth.401:another-status",
        "tinyauth.auth.401:WWW-Authenticate:gone",
        "tinyauth.auth.401:/message:another-value",
        "tinyauth.auth.3XX:Location:gone",
    ] {
        assert!(ids.iter().any(|known| known == id), "{id} is not among {ids:#?}");
    }
}
