//! Whatever a server answers, the endpoints read it or say why not.

use bytes::Bytes;
use probity::ErrorKind;
use probity::endpoint::Endpoint;
use probity::umami::{Credentials, Login, Refusal, Verify, Websites};
use proptest::prelude::*;
use serde_json::{Value, json};

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ];
    let name = prop_oneof![
        Just("error"),
        Just("errors"),
        Just("properties"),
        Just("items"),
        Just("message"),
        Just("code"),
        Just("token"),
        Just("user"),
        Just("id"),
        Just("username"),
        Just("role"),
        Just("isAdmin"),
        Just("data"),
        Just("count"),
    ];
    leaf.prop_recursive(6, 48, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((name.clone(), inner), 0..6)
                .prop_map(|members| members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()),
        ]
    })
}

fn any_body() -> impl Strategy<Value = Vec<u8>> {
    let json = || any_json().prop_map(|value| value.to_string().into_bytes());
    let cut = (json(), any::<prop::sample::Index>()).prop_map(|(mut body, at)| {
        body.truncate(at.index(body.len() + 1));
        body
    });
    prop_oneof![json(), cut, prop::collection::vec(any::<u8>(), 0..64)]
}

fn is_read_or_explained<E: Endpoint<Refusal = Refusal>>(endpoint: &E, response: &http::Response<Bytes>) {
    let success = response.status().is_success();
    match endpoint.read(response) {
        Ok(_) => assert!(success),
        Err(error) => {
            assert_eq!(error.status(), Some(response.status()));
            assert_eq!(matches!(error.kind(), ErrorKind::Rejected(_)), !success);
            assert_eq!(matches!(error.kind(), ErrorKind::Undecodable(_)), success);
            assert!(error.to_string().starts_with(E::NAME));
        }
    }
}

proptest! {
    #[test]
    fn no_answer_is_lost_or_panics(status in prop_oneof![Just(200u16), 100u16..1000], body in any_body()) {
        let response = http::Response::builder().status(status).body(Bytes::from(body)).expect("a response");
        let credentials = Credentials::new("admin", "password");
        is_read_or_explained(&Login::new(&credentials), &response);
        is_read_or_explained(&Verify, &response);
        is_read_or_explained(&Websites::default(), &response);
    }
}

fn trouble_of_login(body: impl Into<Bytes>) -> String {
    let credentials = Credentials::new("admin", "password");
    Login::new(&credentials).read(&http::Response::new(body.into())).expect_err("undecodable").to_string()
}

#[test]
fn a_success_without_a_token_is_none() {
    let user = json!({"id": "1", "username": "admin"});
    for (body, trouble) in [
        (json!({"token": "", "user": user}), "at `token`: expected a token that is not empty and fits into a header"),
        (json!({"token": "abc\ndef", "user": user}), "at `token`: expected a token that is not empty and fits"),
        (json!({"user": user}), "at `.`: missing field `token`"),
        (json!({"token": null, "user": user}), "at `token`: expected a string"),
        (json!({"token": "abc", "user": {"id": "1"}}), "at `user`: missing field `username`"),
    ] {
        let told = trouble_of_login(body.to_string());
        assert!(told.contains(trouble), "{told}");
    }
}

#[test]
fn a_success_that_is_no_json_tells_what_it_is() {
    let page = http::Response::builder().header("content-type", "text/html").body("<html></html>".into());
    let told = Verify.read(&page.expect("a response")).expect_err("undecodable").to_string();
    assert!(told.ends_with("found 13 bytes labelled text/html, which are no JSON"), "{told}");
    assert!(trouble_of_login("").ends_with("found nothing"));
}

#[test]
fn what_nothing_depends_on_spoils_no_login() {
    let user = json!({"id": "1", "username": "admin", "createdAt": 5, "role": {"name": "admin"}});
    let body = json!({"token": "abc", "user": user}).to_string();
    let credentials = Credentials::new("admin", "password");
    let user = Login::new(&credentials).read(&http::Response::new(body.into())).expect("a login").user;
    assert_eq!((user.created_at, user.role), (None, None));
}
