//! Answers, made up.

use bytes::Bytes;
use probity::endpoint::Endpoint as _;
use probity::tinyauth::{Credentials, LoggedIn, OAuthLogin, OAuthUrl, PasswordLogin, PendingCookie, SessionCookie};
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
    PendingCookie::import(format!("tinyauth-session-f8b72323={value}")).expect("a login that waits")
}

/// A login by the provider `generic`, bound by these cookies, at `https://auth.example.com/prefix`.
pub(crate) fn oauth_login(set_cookie: &[&str]) -> OAuthLogin {
    let callback = "https%3A%2F%2Fauth.example.com%2Fprefix%2Fapi%2Foauth%2Fcallback%2Fgeneric";
    oauth_login_at(&format!("https://idp.example/authorize?redirect_uri={callback}&state=STATE"), set_cookie)
}

/// The same, with the user to approve of it there.
pub(crate) fn oauth_login_at(url: &str, set_cookie: &[&str]) -> OAuthLogin {
    let headers: Vec<_> = set_cookie.iter().map(|cookie| ("set-cookie", *cookie)).collect();
    let body = json!({"status": 200, "message": "OK", "url": url}).to_string();
    OAuthUrl::new("generic").read(&answer(200, &headers, body)).expect("a login")
}
