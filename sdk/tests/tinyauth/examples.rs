//! The document's own examples are what the endpoints send and read.

use std::collections::BTreeSet;

use bytes::Bytes;
use probity::endpoint::Endpoint;
use probity::tinyauth::{
    AuthorizationResponse, Authorize, Credentials, Decision, ForwardedRequest, GetApp, GetUser, Healthcheck, LoggedIn,
    Logout, OAuthCallback, OAuthUrl, PasswordLogin, Provider, Refusal, VerifyTotp,
};
use probity_fixtures::tinyauth::API;
use secrecy::ExposeSecret as _;
use serde_json::Value;

use crate::answer::{answer, pending};

const READ: [&str; 10] = [
    "app-response",
    "auth-401-refusal",
    "auth-response",
    "healthcheck-response",
    "login-response",
    "logout-response",
    "oauthCallback-response",
    "oauthUrl-response",
    "totp-response",
    "user-response",
];
const SENT: [&str; 2] = ["login-request", "totp-request"];

fn example(name: &str) -> &'static str {
    API.examples.iter().find(|example| example.name == name).expect(name).json
}

#[test]
fn every_example_has_its_test_here() {
    let all: BTreeSet<_> = API.examples.iter().map(|example| example.name).collect();
    assert_eq!(all, READ.into_iter().chain(SENT).collect());
}

/// What the endpoint reads in the example, which comes with a session's cookie.
fn read<E: Endpoint<Refusal = Refusal>>(endpoint: &E, name: &str) -> E::Output {
    let status = if name.ends_with("-401-refusal") { 401 } else { 200 };
    let cookie = ("set-cookie", "tinyauth-session-f8b72323=abc; Path=/; Max-Age=86400; HttpOnly");
    endpoint.read(&answer(status, &[cookie], example(name))).expect(name)
}

#[test]
fn all_that_it_shows_of_answers_is_read() {
    let () = read(&Healthcheck, "healthcheck-response");
    let () = read(&Logout, "logout-response");
    let LoggedIn::Complete(session) =
        read(&PasswordLogin::new(&Credentials::new("user@example.com", "password")), "login-response")
    else {
        panic!("no code is wanted")
    };
    assert_eq!(session.export().expose_secret(), "tinyauth-session-f8b72323=abc");
    read(&VerifyTotp::new("123456"), "totp-response");
    let login = read(&OAuthUrl::new(Provider::Github), "oauthUrl-response");
    assert_eq!(login.url(), "some-url");
    read(&OAuthCallback::new(&login, &AuthorizationResponse::new("code")), "oauthCallback-response");

    let app = read(&GetApp, "app-response");
    assert_eq!((&*app.title, app.domain.as_deref(), app.oauth_auto_redirect), ("Tinyauth", Some("example.com"), None));
    let user = read(&GetUser, "user-response");
    assert_eq!((&*user.username, &*user.email, user.provider), ("user", "user@example.com", Provider::Username));

    let request = ForwardedRequest::new("https", "myapp.example.com", "/");
    let decision = |name| read(&Authorize::new(&request), name).decision;
    assert!(matches!(decision("auth-response"), Decision::Allowed(_)));
    assert!(matches!(decision("auth-401-refusal"), Decision::Denied { .. }));
}

fn sent<E: Endpoint>(endpoint: &E, credential: &E::Credential) -> Value {
    let base = "https://auth.example.com".parse().expect("a base URL");
    let request: http::Request<Bytes> = endpoint.request(&base, credential).expect("a request");
    serde_json::from_slice(request.body()).expect("JSON")
}

#[test]
fn all_that_it_shows_of_requests_is_sent() {
    let example = |name| serde_json::from_str::<Value>(example(name)).expect("JSON");
    assert_eq!(sent(&VerifyTotp::new("123456"), &pending("abc")), example("totp-request"));
    // And what releases want in the place of `email`.
    let mut login = sent(&PasswordLogin::new(&Credentials::new("user@example.com", "password")), &());
    assert_eq!(login.as_object_mut().expect("members").shift_remove("username"), Some("user@example.com".into()));
    assert_eq!(login, example("login-request"));
}
