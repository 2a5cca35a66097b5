//! Cookies, in and out (RFC 6265).

use super::app_url::AppUrl;
use axum::http::{HeaderMap, HeaderValue, header};
use cookie::time::Duration;
use cookie::{Cookie, CookieBuilder, SameSite};
use std::time;

/// What one that is set has in common with all of this server's, for a word that tells which of them it is.
pub(super) fn named(app: &AppUrl, word: &str, value: String) -> CookieBuilder<'static> {
    Cookie::build((name(app, word), value)).path("/").http_only(true).same_site(SameSite::Lax).secure(app.is_secure())
}

/// `tinyauth-session-1a2b3c4d`, for the word `session`.
pub(super) fn name(app: &AppUrl, word: &str) -> String {
    format!("tinyauth-{word}-{}", app.suffix)
}

/// A lifetime, in whole seconds.
pub(super) fn max_age(lifetime: time::Duration) -> Duration {
    Duration::seconds(lifetime.as_secs().try_into().unwrap_or(i64::MAX))
}

/// The value of a Set-Cookie header. `None` if something stands in the cookie that cannot stand there.
pub(super) fn header(cookie: CookieBuilder<'static>) -> Option<HeaderValue> {
    let mut value = HeaderValue::try_from(cookie.build().to_string()).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// The value of the first cookie of a name that a request carries.
pub(super) fn read(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get_all(header::COOKIE).iter().find_map(|value| {
        let cookies = String::from_utf8_lossy(value.as_bytes()).into_owned();
        let mut cookies = Cookie::split_parse(cookies).filter_map(Result::ok);
        cookies.find(|cookie| cookie.name() == name).map(|cookie| cookie.value().to_owned())
    })
}
