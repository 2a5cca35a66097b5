//! What is new and not proven yet is told, with what to write.

use crate::inject::{only, prove as proven, told, umami, umami_with};
use probity_conformance::case::{Case, case};
use probity_conformance::expect::that;
use probity_conformance::prove::{self, Options, tell};
use probity_conformance::request::Request;
use probity_conformance::run::Run;
use probity_conformance::suite::{Embedding, Recorded, Suite};
use probity_fixtures::umami::{API, operation, requirement};
use probity_fixtures::{Api, Deviation};
use serde_json::json;
use std::time::Duration;

/// Umami's API with one deviation more in its catalogue, which the server's switches do not show in anything.
fn with_an_unseen_deviation() -> &'static Api {
    let unseen = Deviation {
        id: "umami.token-is-short",
        says: "A token has eight letters.",
        breaks: &[requirement::LOGIN_RETURNS_TOKEN],
    };
    let Api { name, document, requirements, operations, openapi, examples, releases, .. } = &API;
    let document = probity_fixtures::Document { ..*document };
    Box::leak(Box::new(Api {
        name,
        document,
        requirements,
        operations,
        openapi,
        examples,
        releases,
        deviations: Box::leak(Box::new([unseen])),
    }))
}

/// The server as it is, whatever deviation is asked for.
fn embed<'a>(_: &'a [&'static str], random: fastrand::Rng) -> Embedding<'a> {
    (umami().embed)(&[], random)
}

#[test]
fn a_deviation_that_no_case_sees_survives_and_its_story_says_what_to_write() {
    let suite = umami_with(umami().cases, with_an_unseen_deviation(), Some(embed));
    let proof = proven(suite, &only(&["umami.token-is-short"]));
    assert!(!proof.is_sound());
    let page = tell::as_text(&proof, Duration::from_secs(1));
    let story = page.split("✗ ").last().expect("a flaw");
    insta::assert_snapshot!(story);
}

/// A login, of which the case asserts what cannot but hold.
fn idle() -> Vec<Case> {
    let says = "A login's answer is whatever it is";
    let scenario = async |run: &Run| {
        let credentials = json!({ "username": run.value("username")?, "password": run.value("password")? });
        let answer = run.send("log in", &Request::new(operation::LOGIN).json(credentials)).await?;
        answer.holds(requirement::LOGIN_NOT_STORED, that("anything", |_| Ok(())));
        Ok(())
    };
    vec![case("umami.login.whatever", says, &[requirement::LOGIN_NOT_STORED], scenario)]
}

#[test]
fn a_case_that_no_mutant_makes_depart_is_idle_and_is_told_what_is_missing() {
    let suite = umami_with(idle, umami().api, None);
    let proof = proven(suite, &only(&["umami.login.whatever"]));
    let idle = "umami.login.whatever declares umami.login.not-stored, and no mutant makes it depart from that: add a \
                deviation that breaks it to the catalogue (`deviations.toml`) and its switch to the server, or take the \
                requirement from the case";
    assert!(told(&proof).contains(&idle.to_owned()), "{:#?}", told(&proof));
}

#[test]
fn a_mutant_that_the_matrix_does_not_have_is_new_and_one_that_is_noticed_no_more_is_missed() {
    let suite = umami_with(idle, umami().api, None);
    let proof = proven(suite, &Options { only: Vec::new(), ..only(&[]) });
    let told = told(&proof);
    let missed = "umami.login.not-stored no longer notices umami.login-may-be-cached by umami.login.not-stored";
    assert!(told.iter().any(|flaw| flaw.starts_with(missed)), "{told:#?}");
}

#[test]
fn what_is_listed_as_equivalent_and_noticed_has_to_go_from_the_list() {
    let equivalents = "[[equivalent]]\nmutant = \"umami.login-may-be-cached\"\nreason = \"caches are kind\"\n";
    let proof = Recorded { equivalents, ..umami().proof };
    let suite = Box::leak(Box::new(Suite { proof, ..*umami() }));
    let told = told(&proven(suite, &only(&["umami.login-may-be-cached"])));
    let by = "umami.login-may-be-cached is listed as equivalent, and umami.login.not-stored notices it by \
              umami.login.not-stored: take it from the list";
    assert_eq!(told, [by]);
}

#[test]
fn what_is_listed_as_equivalent_is_counted_as_such_and_marked_as_missing_nowhere() {
    let equivalents = "[[equivalent]]\nmutant = \"umami.token-is-short\"\nreason = \"a token is opaque\"\n";
    let suite = umami_with(umami().cases, with_an_unseen_deviation(), Some(embed));
    let suite = Box::leak(Box::new(Suite { proof: Recorded { equivalents, ..suite.proof }, ..*suite }));
    let page = tell::as_text(&proven(suite, &only(&["umami.login.returns-token"])), Duration::from_secs(1));
    assert!(page.contains("umami.login.returns-token"), "{page}");
    assert!(page.contains("equivalent: 1)"), "{page}");
    assert!(!page.contains('✗'), "{page}");
}

#[test]
fn a_pattern_that_fits_nothing_is_told_with_what_was_meant() {
    let trouble = prove::prove(&[umami()], &only(&["umami.any-pasword"]), &mut |_| ());
    let told = trouble.err().expect("there is no such mutant");
    assert!(told.contains("did you mean umami.any-password?"), "{told}");
}
