//! The cookies of sessions, and of logins on their way to one.

use std::fmt;
use std::time::SystemTime;

use ::cookie::Cookie;
use ::cookie::time::Duration;
use bytes::Bytes;
use http::HeaderMap;
use http::header::{HeaderValue, SET_COOKIE};
use secrecy::{ExposeSecret as _, SecretString};

use super::releases::{OTHER_COOKIES, SESSION_COOKIE};
use crate::error::answered_at;
use crate::secret::secret_value;
use crate::{ConfigurationError, Undecodable};

/// The cookie of a session. `Debug` does not show it; the memory of its value is wiped when it is dropped.
#[derive(Debug, Clone)]
pub struct SessionCookie(pub(super) SecretCookie);

/// The cookie of a login that waits for a TOTP code. It lets nobody in. `Debug` does not show it; the memory of its value
/// is wiped when it is dropped.
#[derive(Debug, Clone)]
pub struct PendingCookie(pub(super) SecretCookie);

/// What an answer makes of a session's cookie.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum SessionChange {
    /// This one takes its place. That does not mean that anybody is logged in: releases set sessions of nobody, too.
    Set(SessionCookie),
    /// It is to be forgotten.
    Deleted,
}

/// A cookie's name and value. `Debug` shows neither: what is handed over as one may be a value alone, with a `=` in it.
#[derive(Clone)]
pub(super) struct SecretCookie {
    name: String,
    value: SecretString,
    /// `None` where that is not known, as of one that was exported.
    scope: Option<Scope>,
}

/// What tells cookies of one name apart (RFC 6265, 5.3).
#[derive(Debug, Clone, PartialEq, Eq)]
struct Scope {
    domain: Option<String>,
    path: Option<String>,
}

/// What an answer makes of one cookie: a value, or none where it deletes it.
struct Change {
    name: String,
    scope: Scope,
    value: Option<SecretString>,
}

impl SessionCookie {
    /// The cookie from what [`export`](Self::export) gave: its name, `=`, and its value.
    ///
    /// # Errors
    /// When it is none.
    pub fn import(exported: impl Into<SecretString>) -> Result<Self, ConfigurationError> {
        SecretCookie::import(&exported.into()).map(Self).ok_or(ConfigurationError::NotExported("session"))
    }

    /// The cookie as text, to be kept where secrets are.
    pub fn export(&self) -> SecretString {
        self.0.pair().into()
    }

    /// The cookie's name.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// What the headers of an answer make of this cookie, which the request was sent with; `None` where they leave it as
    /// it is. The last that is set counts; if none is, a deletion.
    pub fn changed_by(&self, headers: &HeaderMap) -> Option<SessionChange> {
        let (set, deleted): (Vec<_>, Vec<_>) = changes(headers)
            .into_iter()
            .filter(|change| change.name == self.0.name)
            .partition(|change| change.value.is_some());
        let set = set.into_iter().rev().find_map(Change::set);
        let is_deleted =
            || deleted.iter().any(|change| self.0.scope.as_ref().is_none_or(|scope| change.scope == *scope));
        set.map(|cookie| SessionChange::Set(Self(cookie))).or_else(|| is_deleted().then_some(SessionChange::Deleted))
    }
}

impl PendingCookie {
    /// The cookie from what [`export`](Self::export) gave: its name, `=`, and its value.
    ///
    /// # Errors
    /// When it is none.
    pub fn import(exported: impl Into<SecretString>) -> Result<Self, ConfigurationError> {
        let cookie = SecretCookie::import(&exported.into()).map(Self);
        cookie.ok_or(ConfigurationError::NotExported("login that waits for a code"))
    }

    /// The cookie as text, to be kept where secrets are.
    pub fn export(&self) -> SecretString {
        self.0.pair().into()
    }
}

impl SecretCookie {
    /// A cookie as an answer's can be: its name and value are trimmed, and end at a semicolon.
    pub(super) fn import(pair: &SecretString) -> Option<Self> {
        let is_sound = |text: &str| {
            !text.is_empty()
                && text.trim() == text
                && text.bytes().all(|byte| matches!(byte, b' '..=b'~') && byte != b';')
        };
        let (name, value) = pair.expose_secret().split_once('=')?;
        let is_cookie = is_sound(name) && is_sound(value);
        is_cookie.then(|| Self { name: name.to_owned(), value: value.into(), scope: None })
    }

    /// The session's of an answer that says that it set one. The document leaves its name open: where no cookie is named as
    /// releases name it, it is the only one that is set.
    pub(super) fn session_set_by(response: &http::Response<Bytes>) -> Result<Self, Box<Undecodable>> {
        let changes = changes(response.headers());
        let is_named_so = changes.iter().any(|change| change.name.starts_with(SESSION_COOKIE));
        let may_be_it = |change: &Change| match is_named_so {
            true => change.name.starts_with(SESSION_COOKIE),
            false => !OTHER_COOKIES.iter().any(|other| change.name.starts_with(other)),
        };
        let (set, deleted): (Vec<_>, Vec<_>) =
            changes.into_iter().filter(may_be_it).partition(|change| change.value.is_some());
        let is_clear = is_named_so || set.len() == 1;
        let found = match set.into_iter().rev().find_map(Change::set) {
            Some(cookie) if is_clear => return Ok(cookie),
            Some(_) => "several, and which of them it is not told",
            // A release that is sent a session which it cannot read logs in and says so, and only deletes that cookie. No
            // login of ours sends one.
            None if !deleted.is_empty() => "nothing but its deletion",
            None => "none",
        };
        Err(Undecodable::in_header(response, "set-cookie", "expected the cookie of a session", found))
    }

    /// Whether a server would take the one for the other.
    #[cfg(feature = "client")]
    pub(super) fn is(&self, other: &Self) -> bool {
        self.name == other.name && self.expose_value() == other.expose_value()
    }

    pub(super) fn expose_value(&self) -> &str {
        self.value.expose_secret()
    }

    /// `Cookie: …`
    pub(super) fn header(&self) -> Result<HeaderValue, ConfigurationError> {
        header([self])
    }

    /// Its name, `=`, and its value: a secret.
    pub(super) fn pair(&self) -> String {
        format!("{}={}", self.name, self.value.expose_secret())
    }
}

impl fmt::Debug for SecretCookie {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[REDACTED]")
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
    changes(headers).into_iter().filter_map(Change::set).collect()
}

impl Change {
    fn set(self) -> Option<SecretCookie> {
        Some(SecretCookie { name: self.name, value: self.value?, scope: Some(self.scope) })
    }
}

/// What an answer makes of each cookie that it names. As in a browser the last word counts, a word under another path is
/// on another cookie, and what cannot be read is none.
fn changes(headers: &HeaderMap) -> Vec<Change> {
    let mut changes: Vec<Change> = Vec::new();
    for line in headers.get_all(SET_COOKIE) {
        let Some(cookie) = line.to_str().ok().and_then(|line| Cookie::parse(line).ok()) else { continue };
        let is_over = match cookie.max_age() {
            Some(age) => age <= Duration::ZERO,
            None => cookie.expires_datetime().is_some_and(|end| SystemTime::from(end) <= answered_at(headers)),
        };
        let value = (!is_over && !cookie.value().is_empty()).then(|| SecretString::from(cookie.value()));
        let scope = Scope {
            domain: cookie.domain().map(str::to_ascii_lowercase),
            path: cookie.path().filter(|path| path.starts_with('/')).map(str::to_owned),
        };
        changes.retain(|change| change.name != cookie.name() || change.scope != scope);
        changes.push(Change { name: cookie.name().to_owned(), scope, value });
    }
    changes
}
