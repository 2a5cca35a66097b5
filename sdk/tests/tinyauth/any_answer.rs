//! Whatever a server answers, the endpoints read it or say why not; and what the description allows, they read.

use std::cell::Cell;

use bytes::Bytes;
use probity::ErrorKind;
use probity::endpoint::Endpoint;
use probity::tinyauth::{
    AuthorizationResponse, Authorize, Credentials, ForwardedRequest, GetApp, GetUser, Healthcheck, Logout,
    OAuthCallback, OAuthUrl, PasswordLogin, Refusal, VerifyTotp,
};
use probity_fixtures::tinyauth::API;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Map, Value};

use crate::answer::{answer, oauth_login};
use crate::any_json::{any_body, any_json};
use crate::described::any_described_answer;

const MEMBERS: [&str; 17] = [
    "status",
    "message",
    "totpPending",
    "isLoggedIn",
    "username",
    "name",
    "email",
    "provider",
    "oauth",
    "url",
    "title",
    "domain",
    "genericName",
    "forgotPasswordMessage",
    "disableContinue",
    "oauthAutoRedirect",
    "configuredProviders",
];

const HEADERS: [&str; 11] = [
    "set-cookie",
    "set-cookie",
    "location",
    "retry-after",
    "date",
    "content-type",
    "remote-user",
    "remote-groups",
    "x-tinyauth-location",
    "x-tinyauth-lock-reset",
    "x-request-id",
];

/// One thing in which an answer differs from the document's example.
#[derive(Debug, Clone)]
enum Change {
    Without(Index),
    Member(Index, Value),
    Status(u16),
    Header(&'static str, Vec<u8>),
    Body(Vec<u8>),
}

fn any_value() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        "tinyauth-session-1=[a-z=\"]{0,3}(; Max-Age=-?[0-9]{0,30})?(; Expires=[A-Z][a-z]{2}, [0-9]{2} Jan [0-9]{4} 00:00:00 GMT)?"
            .prop_map(String::into_bytes),
        "(https?:/)?/[a-z]{0,3}(/login|/error|/unauthorized|/api/auth/traefik)?[ -~]{0,8}".prop_map(String::into_bytes),
        "[0-9]{4}-[0-9]{2}-[0-9]{2}T00:00:0[0-9]Z".prop_map(String::into_bytes),
        "[A-Z][a-z]{2}, 0[0-9] Jan [0-9]{4} 00:00:00 GMT".prop_map(String::into_bytes),
        prop::collection::vec(any::<u8>(), 0..24),
    ]
}

fn any_change() -> impl Strategy<Value = Change> {
    prop_oneof![
        any::<Index>().prop_map(Change::Without),
        (any::<Index>(), any_json(&MEMBERS)).prop_map(|(at, value)| Change::Member(at, value)),
        prop_oneof![Just(200u16), Just(302), Just(401), Just(429), 100u16..1000].prop_map(Change::Status),
        (prop::sample::select(&HEADERS[..]), any_value()).prop_map(|(name, value)| Change::Header(name, value)),
        any_body(&MEMBERS).prop_map(Change::Body),
    ]
}

fn changed(members: &Map<String, Value>, changes: Vec<Change>) -> http::Response<Bytes> {
    let cookie = ("set-cookie", "tinyauth-session-f8b72323=abc; Path=/; Max-Age=86400; HttpOnly");
    let mut response = answer(200, &[cookie], "");
    let (mut members, mut other_body) = (members.clone(), None);
    for change in changes {
        match change {
            Change::Without(at) => {
                let name = members.keys().nth(at.index(members.len().max(1))).cloned();
                drop(name.and_then(|name| members.shift_remove(&name)));
            }
            Change::Member(at, value) => {
                let at = at.index(members.len().max(1));
                if let Some(old) = members.values_mut().nth(at) {
                    *old = value;
                }
            }
            Change::Status(status) => *response.status_mut() = http::StatusCode::from_u16(status).expect("a status"),
            Change::Header(name, value) => {
                drop(http::HeaderValue::from_bytes(&value).map(|value| response.headers_mut().append(name, value)));
            }
            Change::Body(body) => other_body = Some(body),
        }
    }
    *response.body_mut() = other_body.unwrap_or_else(|| Value::from(members).to_string().into_bytes()).into();
    response
}

/// Wants an endpoint to read what is near the document's example, or to say why not, and to have done each often enough.
/// `is_done`: whether a status may say that it is done.
fn reads_or_explains<E: Endpoint<Refusal = Refusal>>(endpoint: &E, example: &str, is_done: fn(u16) -> bool) {
    let example = API.examples.iter().find(|known| known.name == example).expect(example);
    let members: Map<String, Value> = serde_json::from_str(example.json).expect("an object");
    let answers = prop::collection::vec(any_change(), 0..4).prop_map(move |changes| changed(&members, changes));
    let config = Config { failure_persistence: None, ..Config::default() };
    let (cases, read) = (config.cases, Cell::new(0));
    let result = TestRunner::new(config).run(&answers, |response| {
        match endpoint.read(&response) {
            Ok(_) => {
                read.set(read.get() + 1);
                prop_assert!(is_done(response.status().as_u16()));
            }
            Err(error) => {
                prop_assert_eq!(error.status(), Some(response.status()));
                let is_answer = matches!(error.kind(), ErrorKind::Rejected(_) | ErrorKind::Undecodable(_));
                prop_assert!(is_answer, "{:?}", error);
                prop_assert!(error.retry_after().is_none_or(|wait| wait.as_secs() <= 86_400));
                prop_assert!(error.to_string().starts_with(E::NAME));
                let _ = (error.is_unauthorized(), format!("{error:?}"));
            }
        }
        Ok(())
    });
    result.unwrap_or_else(|error| panic!("{}: {error}", E::NAME));
    let read = read.get();
    // A quarter of the answers is the example itself.
    assert!(read > cases / 8 && read < cases, "{}: {read} of {cases} were read", E::NAME);
}

#[test]
fn no_answer_is_lost_or_panics() {
    let success = |status| (200..300).contains(&status);
    let (credentials, code) = (Credentials::new("user", "password"), AuthorizationResponse::new("code"));
    let (login, forwarded) = (oauth_login(&[]), ForwardedRequest::new("https", "app.example.com", "/"));
    reads_or_explains(&Healthcheck, "healthcheck-response", success);
    reads_or_explains(&GetApp, "app-response", success);
    reads_or_explains(&GetUser, "user-response", success);
    reads_or_explains(&PasswordLogin::new(&credentials), "login-response", success);
    reads_or_explains(&VerifyTotp::new("123456"), "totp-response", success);
    reads_or_explains(&Logout, "logout-response", success);
    reads_or_explains(&OAuthUrl::new("generic"), "oauthUrl-response", success);
    let redirect_or_success = |status| (200..400).contains(&status);
    reads_or_explains(&OAuthCallback::new(&login, &code), "oauthCallback-response", redirect_or_success);
    let decision = |status| matches!(status, 200..=399 | 401 | 403);
    reads_or_explains(&Authorize::new(&forwarded), "auth-response", decision);
}

/// Reads an answer, with the cookie that a login gives, by the endpoint of the operation of this name.
fn trouble(operation: &str, body: &Value) -> Option<String> {
    let cookie = ("set-cookie", "tinyauth-session-f8b72323=abc; Path=/; Max-Age=86400; HttpOnly");
    let response = answer(200, &[cookie], body.to_string());
    let (credentials, code) = (Credentials::new("user", "password"), AuthorizationResponse::new("code"));
    let (login, forwarded) = (oauth_login(&[]), ForwardedRequest::new("https", "app.example.com", "/"));
    let trouble = match operation {
        Healthcheck::NAME => Healthcheck.read(&response).err(),
        GetApp::NAME => GetApp.read(&response).err(),
        GetUser::NAME => GetUser.read(&response).err(),
        PasswordLogin::NAME => PasswordLogin::new(&credentials).read(&response).err(),
        VerifyTotp::NAME => VerifyTotp::new("123456").read(&response).err(),
        Logout::NAME => Logout.read(&response).err(),
        OAuthUrl::NAME => OAuthUrl::new("generic").read(&response).err(),
        OAuthCallback::NAME => OAuthCallback::new(&login, &code).read(&response).err(),
        Authorize::NAME => Authorize::new(&forwarded).read(&response).err(),
        other => panic!("{other} has no endpoint"),
    };
    trouble.map(|trouble| trouble.to_string())
}

/// An answer that the description allows, and to which operation.
fn any_described() -> impl Strategy<Value = (&'static str, Value)> {
    let answers = API.operations.iter().map(|operation| {
        let id = operation.id;
        (any_described_answer(operation), any::<bool>())
            .prop_map(move |(mut answer, is_pending)| {
                // Which texts there are besides the one that it shows, the document leaves open.
                if let Some(told) = answer.get_mut("totpPending") {
                    *told = Value::from(if is_pending && id == PasswordLogin::NAME { "true" } else { "false" });
                }
                // The body repeats the status, and one that contradicts it is not taken for a success.
                if let Some(told) = answer.get_mut("status") {
                    *told = Value::from(200);
                }
                // One that says that nobody is logged in is a refusal, whatever its status.
                if let Some(told) = answer.get_mut("isLoggedIn") {
                    *told = Value::from(true);
                }
                (id, answer)
            })
            .boxed()
    });
    prop::strategy::Union::new(answers)
}

proptest! {
    #[test]
    fn what_the_description_allows_is_read((operation, answer) in any_described()) {
        // The description says that there is a text, which here has to be an address as well.
        prop_assume!(operation != OAuthUrl::NAME);
        prop_assert_eq!(trouble(operation, &answer), None, "{} {}", operation, answer);
    }
}

#[test]
fn a_page_in_the_place_of_the_api_is_told() {
    let page = http::Response::builder().header("content-type", "text/html").body("<html></html>".into());
    let told = Healthcheck.read(&page.expect("a response")).expect_err("undecodable").to_string();
    assert!(told.ends_with("found 13 bytes labelled text/html, which are no JSON"), "{told}");
}
