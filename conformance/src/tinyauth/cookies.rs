//! Cookies as a browser would keep them, carried by hand: the prober keeps none.

use crate::exchange::Response;
use crate::request::Request;
use cookie::Cookie;
use http::header::{COOKIE, SET_COOKIE};
use std::time::SystemTime;

/// The cookies that one browser holds for the target.
#[derive(Clone, Default)]
pub(super) struct Cookies(Vec<Held>);

#[derive(Clone)]
struct Held {
    name: String,
    value: String,
    /// As they were set: with another one of either it is another cookie (RFC 6265 §5.3).
    domain: Option<String>,
    path: Option<String>,
}

impl Held {
    fn of(cookie: &Cookie<'_>) -> Self {
        Self {
            name: cookie.name().to_owned(),
            value: cookie.value().to_owned(),
            domain: cookie.domain().map(|domain| domain.trim_start_matches('.').to_lowercase()),
            path: cookie.path().filter(|path| path.starts_with('/')).map(str::to_owned),
        }
    }

    /// Whether the one takes the other's place in a browser.
    fn is_same(&self, other: &Held) -> bool {
        (&self.name, &self.domain, &self.path) == (&other.name, &other.domain, &other.path)
    }
}

impl Cookies {
    /// What a browser without cookies holds after a response.
    pub(super) fn set_by(response: &Response, now: SystemTime) -> Self {
        Self::default().after(response, now)
    }

    /// What a browser that held these holds after a response.
    pub(super) fn after(&self, response: &Response, now: SystemTime) -> Self {
        let mut held = self.clone();
        for cookie in all(response) {
            let set = Held::of(&cookie);
            held.0.retain(|before| !before.is_same(&set));
            if !is_deletion(&cookie, now) && !set.value.is_empty() {
                held.0.push(set);
            }
        }
        held
    }

    /// Whether a response has a browser delete each of them.
    pub(super) fn are_deleted_by(&self, response: &Response, now: SystemTime) -> bool {
        let set = all(response);
        let is_deleted = |held: &Held| {
            set.iter().rfind(|cookie| Held::of(cookie).is_same(held)).is_some_and(|last| is_deletion(last, now))
        };
        self.0.iter().all(is_deleted)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The names that begin so.
    pub(super) fn named(&self, beginning: &str) -> Option<&str> {
        self.0.iter().map(|held| held.name.as_str()).find(|name| name.starts_with(beginning))
    }

    /// The names of all.
    pub(super) fn names(&self) -> String {
        let names: Vec<_> = self.0.iter().map(|held| held.name.as_str()).collect();
        if names.is_empty() { "none".to_owned() } else { names.join(", ") }
    }

    /// The same without those whose names begin so.
    pub(super) fn without(&self, beginning: &str) -> Self {
        Self(self.0.iter().filter(|held| !held.name.starts_with(beginning)).cloned().collect())
    }

    /// The same with each value changed.
    pub(super) fn map(&self, change: impl Fn(&str) -> String) -> Self {
        Self(self.0.iter().map(|held| Held { value: change(&held.value), ..held.clone() }).collect())
    }

    /// The first value.
    pub(super) fn value(&self) -> Option<&str> {
        self.0.first().map(|held| held.value.as_str())
    }

    /// The request with these cookies.
    pub(super) fn on(&self, request: Request) -> Request {
        let pairs: Vec<_> = self.0.iter().map(|Held { name, value, .. }| format!("{name}={value}")).collect();
        match pairs.is_empty() {
            true => request.without_header(&COOKIE),
            false => request.header(COOKIE, &pairs.join("; ")),
        }
    }
}

/// The cookies that a response sets or deletes, in its order.
pub(super) fn all(response: &Response) -> Vec<Cookie<'static>> {
    let lines = response.headers.get_all(SET_COOKIE).iter();
    lines.filter_map(|line| Cookie::parse(String::from_utf8_lossy(line.as_bytes()).into_owned()).ok()).collect()
}

/// Whether a browser forgets the cookie at once.
pub(super) fn is_deletion(cookie: &Cookie<'_>, now: SystemTime) -> bool {
    match (cookie.max_age(), cookie.expires_datetime()) {
        (Some(age), _) => !age.is_positive(),
        (None, Some(expires)) => SystemTime::from(expires) <= now,
        (None, None) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;
    use http::{HeaderMap, HeaderValue, StatusCode};

    fn setting(cookies: &[&'static str]) -> Response {
        let lines = cookies.iter().map(|cookie| (SET_COOKIE, HeaderValue::from_static(cookie)));
        Response::new(StatusCode::OK, lines.collect::<HeaderMap>(), Bytes::new())
    }

    fn login() -> Cookies {
        let answer = setting(&["session=abc; Path=/; Domain=example.com; Max-Age=60; HttpOnly"]);
        Cookies::set_by(&answer, SystemTime::now())
    }

    #[test]
    fn a_browser_forgets_a_cookie_that_is_set_anew_and_expired() {
        let now = SystemTime::now();
        for deletion in [
            "session=; Path=/; Domain=example.com; Max-Age=0",
            "session=x; Path=/; Domain=.EXAMPLE.com; Expires=Thu, 01 Jan 1970 00:00:00 GMT",
        ] {
            let answer = setting(&[deletion]);
            assert!(login().are_deleted_by(&answer, now), "{deletion}");
            assert!(login().after(&answer, now).is_empty(), "{deletion}");
        }
    }

    #[test]
    fn a_browser_keeps_a_cookie_when_another_one_is_deleted() {
        let now = SystemTime::now();
        for other in [
            "session=; Path=/; Max-Age=0",
            "session=; Path=/api; Domain=example.com; Max-Age=0",
            "session=; Path=/; Domain=auth.example.com; Max-Age=0",
            "another=; Path=/; Domain=example.com; Max-Age=0",
        ] {
            let answer = setting(&[other]);
            assert!(!login().are_deleted_by(&answer, now), "{other}");
            assert_eq!(login().after(&answer, now).value(), Some("abc"), "{other}");
        }
    }

    #[test]
    fn a_cookie_that_is_merely_empty_or_set_again_is_not_deleted() {
        let now = SystemTime::now();
        for kept in [
            &["session=; Path=/; Domain=example.com"][..],
            &["session=; Path=/; Domain=example.com; Max-Age=0", "session=new; Path=/; Domain=example.com"],
        ] {
            assert!(!login().are_deleted_by(&setting(kept), now), "{kept:?}");
        }
    }
}
