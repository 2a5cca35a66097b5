//! Cookies as a browser would keep them, carried by hand: the prober keeps none.

use crate::exchange::Response;
use crate::request::Request;
use cookie::Cookie;
use http::header::{COOKIE, SET_COOKIE};
use std::time::SystemTime;

/// The cookies that one browser holds for the target.
#[derive(Clone, Default)]
pub(super) struct Cookies(Vec<(String, String)>);

impl Cookies {
    /// What a browser without cookies holds after a response.
    pub(super) fn set_by(response: &Response, now: SystemTime) -> Self {
        Self::default().after(response, now)
    }

    /// What a browser that held these holds after a response.
    pub(super) fn after(&self, response: &Response, now: SystemTime) -> Self {
        let mut held = self.clone();
        for cookie in all(response) {
            held.0.retain(|(name, _)| name != cookie.name());
            if !is_deletion(&cookie, now) {
                held.0.push((cookie.name().to_owned(), cookie.value().to_owned()));
            }
        }
        held
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The names that begin so.
    pub(super) fn named(&self, beginning: &str) -> Option<&str> {
        self.0.iter().map(|(name, _)| name.as_str()).find(|name| name.starts_with(beginning))
    }

    /// The names of all.
    pub(super) fn names(&self) -> String {
        let names: Vec<_> = self.0.iter().map(|(name, _)| name.as_str()).collect();
        if names.is_empty() { "none".to_owned() } else { names.join(", ") }
    }

    /// The same without those whose names begin so.
    pub(super) fn without(&self, beginning: &str) -> Self {
        Self(self.0.iter().filter(|(name, _)| !name.starts_with(beginning)).cloned().collect())
    }

    /// The same with each value changed.
    pub(super) fn map(&self, change: impl Fn(&str) -> String) -> Self {
        Self(self.0.iter().map(|(name, value)| (name.clone(), change(value))).collect())
    }

    /// The first value.
    pub(super) fn value(&self) -> Option<&str> {
        self.0.first().map(|(_, value)| value.as_str())
    }

    /// The request with these cookies.
    pub(super) fn on(&self, request: Request) -> Request {
        let pairs: Vec<_> = self.0.iter().map(|(name, value)| format!("{name}={value}")).collect();
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
        _ if cookie.value().is_empty() => true,
        (Some(age), _) => !age.is_positive(),
        (None, Some(expires)) => SystemTime::from(expires) <= now,
        (None, None) => false,
    }
}
