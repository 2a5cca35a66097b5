//! `list` and `explain`: enough to understand a failure without reading our source.

use crate::probity::probity;
use serde_json::Value;

#[test]
fn list_shows_every_requirement_with_the_cases_that_cover_it() {
    let listed = probity(&["list"]).with(0);
    assert!(listed.out.contains("POST /api/auth/login"), "{}", listed.out);
    assert!(listed.out.contains("umami.login.wrong-password  (lockout; needs username, password)"), "{}", listed.out);
    assert!(listed.out.contains("untestable: "), "{}", listed.out);
}

#[test]
fn list_as_json_joins_cases_and_requirements_both_ways() {
    let listed: Value = serde_json::from_str(&probity(&["list", "--json"]).with(0).out).expect("it is JSON");
    for case in listed["cases"].as_array().expect("cases") {
        for id in case["requirements"].as_array().expect("their requirements") {
            let requirements = listed["requirements"].as_array().expect("requirements");
            let requirement = requirements.iter().find(|r| r["id"] == *id).expect("the list has it");
            assert!(requirement["cases"].as_array().is_some_and(|cases| cases.contains(&case["id"])), "{id}");
        }
    }
}

#[test]
fn explain_tells_of_a_requirement_where_it_stands_and_who_departs() {
    let told = probity(&["explain", "umami.login.created-at-format"]).with(0);
    insta::assert_snapshot!(told.out);
}

#[test]
fn explain_tells_of_a_case_what_it_sends_and_expects_and_shows_no_secret() {
    let told = probity(&["explain", "umami.login.tells-no-users"]).with(0);
    insta::with_settings!({filters => vec![
        (r"admin-[A-Za-z0-9]{8}", "admin-RANDOM"),
        (r#""id":"[0-9a-f-]{36}""#, r#""id":"ID""#),
    ]}, { insta::assert_snapshot!(told.out) });
}
