//! The cookies of sessions, and of logins on their way to one.
//!
//! The document says that there are cookies, and not their names: that a session's begins with `tinyauth-session` is
//! from releases.

use std::time::SystemTime;

use ::cookie::Cookie;
use ::cookie::time::Duration;
use bytes::Bytes;
use http::HeaderMap;
use http::header::{HeaderValue, SET_COOKIE};
use secrecy::{ExposeSecret as _, SecretString};

use crate::error::answered_at;
use crate::secret::secret_value;
use crate::{ConfigurationError, Undecodable};

/// What the names of sessions' cookies begin with; what follows is the deployment's own.
const SESSION: &str = "tinyauth-session";

/// The cookie of a session. `Debug` does not show its value, whose memory is wiped when it is dropped.
#[derive(Debug, Clone)]
pub struct SessionCookie(pub(super) SecretCookie);

/// The cookie of a login that waits for a TOTP code. It lets nobody in. `Debug` does not show its value, whose memory is
/// wiped when it is dropped.
#[derive(Debug, Clone)]
pub struct PendingCookie(pub(super) SecretCookie);

/// What an answer says, and what it makes of the session's cookie.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct WithSession<T> {
    /// What it says.
    pub answer: T,
    /// What it makes of the cookie, if anything. It does not mean that anybody is logged in: releases set sessions of
    /// nobody, too.
    pub change: Option<SessionChange>,
}

/// What an answer makes of a session's cookie.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum SessionChange {
    /// It takes the place of the one of that name.
    Set(SessionCookie),
    /// The one of this name is to be forgotten.
    Deleted(String),
}

/// A cookie's name and value.
#[derive(Debug, Clone)]
pub(super) struct SecretCookie {
    name: String,
    value: SecretString,
}

impl SessionCookie {
    /// The cookie from what [`export`](Self::export) gave: its name, `=`, and its value.
    ///
    /// # Errors
    /// When it is none.
    pub fn import(exported: impl Into<SecretString>) -> Result<Self, ConfigurationError> {
        // As an answer's can be: its name and value are trimmed, and end at a semicolon.
        let is_sound = |text: &str| {
            !text.is_empty()
                && text.trim() == text
                && text.bytes().all(|byte| matches!(byte, b' '..=b'~') && byte != b';')
        };
        match exported.into().expose_secret().split_once('=') {
            Some((name, value)) if is_sound(name) && is_sound(value) => {
                Ok(Self(SecretCookie { name: name.to_owned(), value: value.into() }))
            }
            _ => Err(ConfigurationError::NotASession),
        }
    }

    /// The cookie as text, to be kept where secrets are.
    pub fn export(&self) -> SecretString {
        self.0.pair().into()
    }

    /// The cookie's name.
    pub fn name(&self) -> &str {
        &self.0.name
    }
}

impl SecretCookie {
    /// The session's of an answer that says that it set one.
    pub(super) fn session_set_by(response: &http::Response<Bytes>) -> Result<Self, Undecodable> {
        let found = match session_change(response.headers()) {
            Some((name, Some(value))) => return Ok(Self { name, value }),
            // A release that is sent a session which it cannot read logs in and says so, and only deletes that cookie. No
            // login of ours sends one.
            Some((_, None)) => "nothing but its deletion",
            None => "none",
        };
        Err(Undecodable::in_header(response, "set-cookie", "expected the cookie of a session", found))
    }

    pub(super) fn expose_value(&self) -> &str {
        self.value.expose_secret()
    }

    /// `Cookie: …`
    pub(super) fn header(&self) -> Result<HeaderValue, ConfigurationError> {
        header([self])
    }

    fn pair(&self) -> String {
        format!("{}={}", self.name, self.value.expose_secret())
    }
}

/// `Cookie: …; …`
pub(super) fn header<'a>(
    cookies: impl IntoIterator<Item = &'a SecretCookie>,
) -> Result<HeaderValue, ConfigurationError> {
    let pairs: Vec<_> = cookies.into_iter().map(SecretCookie::pair).collect();
    secret_value("cookie", "", &pairs.join("; ").into())
}

/// The cookies that an answer leaves a browser with.
pub(super) fn set_by(headers: &HeaderMap) -> Vec<SecretCookie> {
    changes(headers).into_iter().filter_map(|(name, value)| Some(SecretCookie { name, value: value? })).collect()
}

impl<T> WithSession<T> {
    pub(super) fn of(answer: T, response: &http::Response<Bytes>) -> Self {
        let change = session_change(response.headers()).map(|(name, value)| match value {
            Some(value) => SessionChange::Set(SessionCookie(SecretCookie { name, value })),
            None => SessionChange::Deleted(name),
        });
        Self { answer, change }
    }
}

/// The last session that is set; if none is, the last that is deleted.
fn session_change(headers: &HeaderMap) -> Option<(String, Option<SecretString>)> {
    let (set, deleted): (Vec<_>, Vec<_>) = changes(headers)
        .into_iter()
        .filter(|(name, _)| name.starts_with(SESSION))
        .partition(|(_, value)| value.is_some());
    set.into_iter().next_back().or_else(|| deleted.into_iter().next_back())
}

/// What an answer makes of each cookie that it names: a value, or none where it is deleted. As in a browser the last word
/// counts, and what cannot be read is none.
fn changes(headers: &HeaderMap) -> Vec<(String, Option<SecretString>)> {
    let mut changes = Vec::new();
    for line in headers.get_all(SET_COOKIE) {
        let Some(cookie) = line.to_str().ok().and_then(|line| Cookie::parse(line).ok()) else { continue };
        let is_over = match cookie.max_age() {
            Some(age) => age <= Duration::ZERO,
            None => cookie.expires_datetime().is_some_and(|end| SystemTime::from(end) <= answered_at(headers)),
        };
        let value = (!is_over && !cookie.value().is_empty()).then(|| SecretString::from(cookie.value()));
        changes.retain(|(name, _)| name != cookie.name());
        changes.push((cookie.name().to_owned(), value));
    }
    changes
}
