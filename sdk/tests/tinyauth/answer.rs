//! Answers, made up.

use bytes::Bytes;
use probity::tinyauth::{OAuthLogin, OAuthUrl, PendingCookie, SessionCookie};
use probity::{Credentials, endpoint::Endpoint as _, tinyauth::LoggedIn, tinyauth::PasswordLogin};
use serde_json::json;

/// An answer of that status, with these headers and this body.
pub(crate) fn answer(status: u16, headers: &[(&str, &str)], body: impl Into<Bytes>) -> http::Response<Bytes> {
    let response = http::Response::builder().status(status);
    let response = headers.iter().fold(response, |response, (name, value)| response.header(*name, *value));
    response.body(body.into()).expect("a response")
}

/// `{"status": 200, "message": "OK"}`
pub(crate) fn confirmation() -> String {
    json!({"status": 200, "message": "OK"}).to_string()
}

/// What a login gives that is answered so.
pub(crate) fn logged_in(totp_pending: &str, set_cookie: &[&str]) -> Result<LoggedIn, probity::tinyauth::Error> {
    let headers: Vec<_> = set_cookie.iter().map(|cookie| ("set-cookie", *cookie)).collect();
    let body = format!(r#"{{"status": 200, "message": "Logged in"{totp_pending}}}"#);
    PasswordLogin::new(&Credentials::new("user", "password")).read(&answer(200, &headers, body))
}

pub(crate) fn session(value: &str) -> SessionCookie {
    SessionCookie::import(format!("tinyauth-session-f8b72323={value}")).expect("a session")
}

pub(crate) fn pending(value: &str) -> PendingCookie {
    let cookie = format!("tinyauth-session-f8b72323={value}; Path=/; Max-Age=3600");
    match logged_in(r#", "totpPending": "true""#, &[&cookie]).expect("a login") {
        LoggedIn::TotpRequired(cookie) => cookie,
        LoggedIn::Complete(_) => panic!("a code is wanted"),
    }
}

/// A login by the provider `generic`, bound by these cookies.
pub(crate) fn oauth_login(set_cookie: &[&str]) -> OAuthLogin {
    let headers: Vec<_> = set_cookie.iter().map(|cookie| ("set-cookie", *cookie)).collect();
    let body = json!({"status": 200, "message": "OK", "url": "https://idp.example/authorize?state=STATE"}).to_string();
    OAuthUrl::new("generic").read(&answer(200, &headers, body)).expect("a login")
}
