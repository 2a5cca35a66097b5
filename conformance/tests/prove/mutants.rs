//! Which mutants follow from `openapi.yaml`.

use probity_conformance::prove::Mutant;
use probity_fixtures::APIS;
use std::collections::BTreeSet;

fn changes(api: &str) -> Vec<Mutant> {
    let api = APIS.iter().find(|known| known.name == api).expect("an API");
    Mutant::all(api).into_iter().filter(|mutant| !mutant.is_deviation()).collect()
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
    for api in APIS {
        let mut seen = BTreeSet::new();
        for mutant in Mutant::all(api) {
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

#[test]
fn what_is_said_of_many_operations_alike_is_one_answer() {
    let of_code: Vec<_> =
        changes("uptinio").into_iter().filter(|mutant| mutant.id.ends_with(":/error/code:gone")).collect();
    let ids: Vec<_> = of_code.iter().map(|mutant| mutant.id.as_str()).collect();
    assert!(ids.contains(&"uptinio.rate-limit.status.429:/error/code:gone"), "{ids:?}");
    assert!(of_code.len() < 5, "each operation has its own: {ids:?}");
}

#[test]
fn of_an_answer_that_is_one_of_several_each_has_its_mutants() {
    let changes = changes("uptinio");
    let breaks = |id: &str| {
        let mutant = changes.iter().find(|mutant| mutant.id == id);
        mutant.map(|mutant| mutant.breaks.iter().map(|requirement| requirement.id).collect::<Vec<_>>())
    };
    assert_eq!(breaks("uptinio.resend-code.429:/success:null"), Some(vec!["uptinio.resend.too-soon-success"]));
    assert_eq!(breaks("uptinio.resend-code.429:/error:gone"), Some(vec!["uptinio.resend.too-soon-error"]));
    assert_eq!(breaks("uptinio.resend-code.429:/error/code:gone"), None, "the rate limit's is an answer of its own");
}
