//! Whatever a server answers, the endpoints read it or say why not; and what the description allows, they read.

use std::time::Duration;

use bytes::Bytes;
use probity::ErrorKind;
use probity::endpoint::Endpoint;
use probity::umami::{
    Active, CreateWebsite, Credentials, DeleteWebsite, Event, Events, Login, Range, Receipt, Refusal, SendBatch,
    SendEvent, Stats, Verify, Websites,
};
use probity_fixtures::umami::API;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::any_json::any_body;
use crate::described::any_described_answer;

const MEMBERS: [&str; 24] = [
    "error",
    "errors",
    "properties",
    "items",
    "message",
    "code",
    "token",
    "user",
    "id",
    "username",
    "role",
    "isAdmin",
    "data",
    "count",
    "beep",
    "sessionId",
    "visitId",
    "cache",
    "processed",
    "details",
    "index",
    "response",
    "pageviews",
    "value",
];

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
    fn no_answer_is_lost_or_panics(status in prop_oneof![Just(200u16), 100u16..1000], body in any_body(&MEMBERS)) {
        let response = http::Response::builder().status(status).body(Bytes::from(body)).expect("a response");
        let credentials = Credentials::new("admin", "password");
        is_read_or_explained(&Login::new(&credentials), &response);
        is_read_or_explained(&Verify, &response);
        is_read_or_explained(&Websites::default(), &response);
        let event = Event::page_view("1");
        is_read_or_explained(&SendEvent::new(&event), &response);
        is_read_or_explained(&SendBatch::new(&[]), &response);
        is_read_or_explained(&CreateWebsite::new("shop", "example.com"), &response);
        is_read_or_explained(&DeleteWebsite::new("1"), &response);
        is_read_or_explained(&Stats::new("1", Range::last(Duration::ZERO)), &response);
        is_read_or_explained(&Events::new("1", Range::last(Duration::ZERO)), &response);
        is_read_or_explained(&Active::new("1"), &response);
    }
}

/// Reads an answer by the endpoint of the operation of this name. Whether that is a success.
fn is_read(operation: &str, response: &http::Response<Bytes>) -> bool {
    let (credentials, event) = (Credentials::new("admin", "password"), Event::page_view("1"));
    let range = Range::last(Duration::ZERO);
    match operation {
        Login::NAME => Login::new(&credentials).read(response).is_ok(),
        Verify::NAME => Verify.read(response).is_ok(),
        Websites::NAME => Websites::default().read(response).is_ok(),
        CreateWebsite::NAME => CreateWebsite::new("shop", "example.com").read(response).is_ok(),
        DeleteWebsite::NAME => DeleteWebsite::new("1").read(response).is_ok(),
        Stats::NAME => Stats::new("1", range).read(response).is_ok(),
        Active::NAME => Active::new("1").read(response).is_ok(),
        Events::NAME => Events::new("1", range).read(response).is_ok(),
        SendEvent::NAME => SendEvent::new(&event).read(response).is_ok(),
        SendBatch::NAME => SendBatch::new(&[]).read(response).is_ok(),
        other => panic!("{other} has no endpoint"),
    }
}

/// An answer that the description allows, and to which operation.
fn any_described() -> impl Strategy<Value = (&'static str, Value)> {
    let answers = API.operations.iter().map(|operation| {
        let id = operation.id;
        any_described_answer(operation).prop_map(move |answer| (id, answer)).boxed()
    });
    prop::strategy::Union::new(answers)
}

proptest! {
    #[test]
    fn what_the_description_allows_is_read((operation, answer) in any_described()) {
        // The description does not say that a receipt is one or the other; the client has to know which.
        let is_told = |name: &str| answer.get(name).is_some_and(Value::is_string);
        prop_assume!(operation != SendEvent::NAME || is_told("beep") || (is_told("sessionId") && is_told("visitId")));
        prop_assert!(is_read(operation, &http::Response::new(answer.to_string().into())), "{} {}", operation, answer);
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

#[test]
fn a_success_that_says_neither_recorded_nor_ignored_is_no_receipt() {
    let event = Event::page_view("1");
    let receipt = |body: &'static str| SendEvent::new(&event).read(&http::Response::new(body.into()));
    for body in ["{}", r#"{"ok": true}"#, r#"{"sessionId": "1"}"#, "", "<html></html>", "[]", "null"] {
        let error = receipt(body).expect_err(body);
        assert!(matches!(error.kind(), ErrorKind::Undecodable(_)), "{body}: {error}");
    }
    assert!(matches!(receipt(r#"{"beep": "boop"}"#), Ok(Receipt::Ignored)));
    // That an event is recorded must not be lost for the sake of what only makes the next one cheaper.
    let recorded = receipt(r#"{"sessionId": "1", "visitId": "2", "cache": "two\nlines"}"#);
    assert!(matches!(recorded, Ok(Receipt::Recorded { cache: None, .. })));
}

#[test]
fn a_website_is_not_deleted_by_the_page_of_a_proxy() {
    let error = DeleteWebsite::new("1").read(&http::Response::new("<html></html>".into())).expect_err("undecodable");
    assert!(matches!(error.kind(), ErrorKind::Undecodable(_)), "{error}");
}
