//! Whatever a server answers, the endpoints read it or say why not.

use bytes::Bytes;
use probity::ErrorKind;
use probity::endpoint::Endpoint;
use probity::tinyauth::{
    AuthorizationResponse, Authorize, Credentials, ForwardedRequest, GetApp, GetUser, Healthcheck, Logout,
    OAuthCallback, OAuthUrl, PasswordLogin, Refusal, VerifyTotp,
};
use proptest::prelude::*;

use crate::any_json::any_body;

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

fn any_answer() -> impl Strategy<Value = http::Response<Bytes>> {
    let status = prop_oneof![Just(200u16), Just(302), Just(401), Just(429), 100u16..1000];
    let headers = prop::collection::vec((prop::sample::select(&HEADERS[..]), any_value()), 0..5);
    (status, headers, any_body(&MEMBERS)).prop_map(|(status, headers, body)| {
        let headers =
            headers.into_iter().filter_map(|(name, value)| Some((name, http::HeaderValue::from_bytes(&value).ok()?)));
        let response = http::Response::builder().status(status);
        let response = headers.fold(response, |response, (name, value)| response.header(name, value));
        response.body(Bytes::from(body)).expect("a response")
    })
}

/// `is_done`: whether a status may say that it is done.
fn is_read_or_explained<E: Endpoint<Refusal = Refusal>>(
    endpoint: &E,
    response: &http::Response<Bytes>,
    is_done: fn(u16) -> bool,
) {
    match endpoint.read(response) {
        Ok(_) => assert!(is_done(response.status().as_u16())),
        Err(error) => {
            assert_eq!(error.status(), Some(response.status()));
            assert!(matches!(error.kind(), ErrorKind::Rejected(_) | ErrorKind::Undecodable(_)), "{error:?}");
            assert!(error.retry_after().is_none_or(|wait| wait.as_secs() <= 86_400));
            assert!(error.to_string().starts_with(E::NAME));
            let _ = (error.is_unauthorized(), format!("{error:?}"));
        }
    }
}

proptest! {
    #[test]
    fn no_answer_is_lost_or_panics(response in any_answer()) {
        let success = |status| (200..300).contains(&status);
        let (credentials, answered) = (Credentials::new("user", "password"), AuthorizationResponse::new("code"));
        let forwarded = ForwardedRequest::new("https", "app.example.com", "/");
        is_read_or_explained(&Healthcheck, &response, success);
        is_read_or_explained(&GetApp, &response, success);
        is_read_or_explained(&GetUser, &response, success);
        is_read_or_explained(&PasswordLogin::new(&credentials), &response, success);
        is_read_or_explained(&VerifyTotp::new("123456"), &response, success);
        is_read_or_explained(&Logout, &response, success);
        is_read_or_explained(&OAuthUrl::new("generic"), &response, success);
        is_read_or_explained(&OAuthCallback::new(&answered), &response, |status| (200..400).contains(&status));
        let decision = |status| matches!(status, 200..=399 | 401 | 403);
        is_read_or_explained(&Authorize::new(&forwarded), &response, decision);
    }
}

#[test]
fn a_page_in_the_place_of_the_api_is_told() {
    let page = http::Response::builder().header("content-type", "text/html").body("<html></html>".into());
    let told = Healthcheck.read(&page.expect("a response")).expect_err("undecodable").to_string();
    assert!(told.ends_with("found 13 bytes labelled text/html, which are no JSON"), "{told}");
}
