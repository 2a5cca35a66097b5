//! Whatever stands in a header, a query or a body, the server answers, and lets nobody in.

use super::*;
use crate::wire::converse;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

/// What may stand in the value of a header, as far as a text of ours can hold it.
fn field() -> impl Strategy<Value = String> {
    let pieces = prop_oneof![
        "[ -~]{0,20}",
        "[ -~\u{a1}-\u{ff}\u{1F600}]{0,10}",
        Just("Basic ".to_owned()),
        Just("tinyauth-session-".to_owned()),
        Just("=".to_owned()),
        Just(";".to_owned()),
        Just(":".to_owned()),
        Just("https://".to_owned()),
        Just("text/html".to_owned()),
        "[A-Za-z0-9+/=_-]{0,60}",
    ];
    prop::collection::vec(pieces, 0..5).prop_map(|pieces| pieces.concat())
}

/// Holds that the answer to what is made of each generated text, and of the name of session cookies, is in order.
fn for_each(
    strategy: impl Strategy<Value = String>,
    request: impl Fn(&str, &str) -> String,
    holds: fn(&Answer) -> bool,
) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let stage = runtime.block_on(Stage::new([]));
    let cookie = runtime.block_on(stage.session(alice()));
    let name = cookie.split('=').next().expect("a name");
    let mut runner = TestRunner::new(Config { cases: 256, failure_persistence: None, ..Config::default() });
    let outcome = runner.run(&strategy, |text| {
        let request = request(name, &text);
        let answer = Answer::parse(&runtime.block_on(converse(stage.server.url(), &request)));
        prop_assert!(holds(&answer), "{} {}", answer.status, answer.body);
        Ok(())
    });
    outcome.expect("every answer is in order");
}

fn is_refusal(answer: &Answer) -> bool {
    matches!(answer.status, 302 | 401)
        && answer.header("Remote-User").is_none()
        && answer.header("Set-Cookie").is_none()
}

fn is_no_failure(answer: &Answer) -> bool {
    answer.status < 500
}

/// A request with one header of that value.
fn with(method: &str, path: &str, name: &str, value: &str) -> String {
    let more = "Accept: text/html\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: app.test\r\n";
    let more = if name == "Accept" { "" } else { more };
    format!("{method} {path} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n{more}{name}: {value}\r\n\r\n")
}

#[test]
fn no_authorization_header_that_is_made_up_is_let_in() {
    for_each(field(), |_, value| with("GET", "/api/auth/traefik", "Authorization", value), is_refusal);
    for_each(
        field(),
        |_, value| with("GET", "/api/auth/nginx", "Authorization", &format!("Basic {value}")),
        is_refusal,
    );
}

#[test]
fn no_cookie_that_is_made_up_is_let_in() {
    for_each(field(), |_, value| with("GET", "/api/auth/caddy", "Cookie", value), is_refusal);
    for_each(
        field(),
        |name, value| with("GET", "/api/user", "Cookie", &format!("{name}={value}")),
        |answer| answer.status == 401 && answer.json()["isLoggedIn"] == false,
    );
}

#[test]
fn whatever_a_proxy_forwards_is_answered() {
    for name in ["X-Forwarded-Uri", "X-Forwarded-Host", "X-Forwarded-Proto", "Accept", "Remote-User"] {
        for_each(field(), |_, value| with("GET", "/api/auth/traefik", name, value), is_refusal);
    }
}

#[test]
fn whatever_is_sent_for_a_login_or_a_code_is_no_failure() {
    let json = prop_oneof![
        field(),
        field().prop_map(|text| json!({"email": text, "password": text, "code": text}).to_string()),
        field().prop_map(|text| format!("{{\"email\": {text}, \"code\": {text}}}")),
    ];
    for path in [operation::LOGIN.path, operation::TOTP.path] {
        let request = |_: &str, body: &str| {
            let length = body.len();
            format!("POST {path} HTTP/1.1\r\nHost: test\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}")
        };
        for_each(json.clone(), request, is_no_failure);
    }
}

#[test]
fn whatever_stands_in_the_query_of_the_oauth_endpoints_is_no_failure() {
    let query = "[!-~]{0,40}".prop_map(|text| text.replace('#', ""));
    for path in ["/api/oauth/url/generic?redirect_uri=", "/api/oauth/callback/generic?code=x&state="] {
        for_each(query.clone(), |_, text| with("GET", &format!("{path}{text}"), "Accept", "*/*"), is_no_failure);
    }
}
