//! What releases do and the document does not say: all that this crate knows of it. What is a name, a text or a rule of
//! theirs stands here; where it shapes a type or an answer's reading, the table leads there.
//!
//! | what | which releases |
//! |---|---|
//! | a login takes `username` and not `email` ([`login_body`]) | 3 and later |
//! | `totpPending` is a boolean, and may be absent where it is false ([`TotpPending`]) | 3; 4 and later |
//! | a login that is held off tells the wait in its message, or in a header ([`wait_of_lock`]) | 3 and later; 5 |
//! | who is held off by Basic is told so by headers alone, under 200, 302 and 401 ([`unless_locked`]) | 5 |
//! | refusals are told as the document's 401 is, by other statuses too ([`Refusal`]) | 3 and later |
//! | `/api/user` tells with a 200 that nobody is logged in ([`GetUser`](super::GetUser)) | 3 and later |
//! | `/api/user` lets accounts with TOTP in by Basic ([`GetUser`](super::GetUser)) | 3 and 4 |
//! | `/api/app` lacks `domain` and `oauthAutoRedirect`, or has `configuredProviders` ([`App`](super::App)) | before 3.3; 3 |
//! | who passes is told by [`REMOTE`] headers, nobody where a rule lets everybody in ([`Identity`](super::Identity)) | 3 and later |
//! | a browser is told by the page that it is sent to, at a callback API clients too ([`refusal_of_page`]) | 3 and later |
//! | some pages are named by their path alone ([`OAuthCallback`](super::OAuthCallback)) | 3 |
//! | a callback wants the state, and the cookies that were set with the URL ([`OAuthLogin`](super::OAuthLogin)) | 3 and later |
//! | refusals to API clients tell in a header where to log in ([`see_also`]) | 5.0.7 and later |
//! | browsers are told by their `User-Agent` ([`ForwardedRequest`](super::ForwardedRequest)) | 5.0.5 and later |
//! | without all of `X-Forwarded-*` there is no decision ([`ForwardedRequest`](super::ForwardedRequest)) | 5 |
//! | cookies have these names ([`SESSION_COOKIE`], [`OTHER_COOKIES`]) | 3 and later; the third of the others, 5 |
//! | sessions of nobody are set; unreadable ones are deleted ([`SessionChange`](super::SessionChange)) | 3 |
//! | a session is set anew before it ends ([`Ruling`](super::Ruling)) | 5 |

use std::time::{Duration, SystemTime};

use ::cookie::time::OffsetDateTime;
use ::cookie::time::format_description::well_known::Rfc3339;
use bytes::Bytes;
use http::HeaderMap;
use serde::Deserialize;
use serde_json::json;
use url::Url;

use super::Refusal;
use crate::Credentials;
use crate::error::{LONGEST_WAIT, answered_at, retry_after};
use crate::lenient::boolean_or_its_text;

/// What the names of sessions' cookies begin with; what follows is the deployment's own.
pub(super) const SESSION_COOKIE: &str = "tinyauth-session";

/// What the names of the cookies begin with that a login by a provider sets, and clears, on its way.
pub(super) const OTHER_COOKIES: [&str; 3] = ["tinyauth-csrf", "tinyauth-redirect", "tinyauth-oauth"];

/// What the names of the headers begin with that tell who passes.
pub(super) const REMOTE: &str = "remote-";

/// Those that are known by name. Each but the groups is one text.
pub(super) const REMOTE_USER: &str = "remote-user";
pub(super) const REMOTE_NAME: &str = "remote-name";
pub(super) const REMOTE_EMAIL: &str = "remote-email";
pub(super) const REMOTE_GROUPS: &str = "remote-groups";
pub(super) const REMOTE_SUB: &str = "remote-sub";

/// When a lock ends.
const LOCK_RESET: &str = "x-tinyauth-lock-reset";

/// The document's `email`, which holds the name or the address, and `username`, which releases want in its place. Each
/// ignores the other's, so both are sent: asking twice would count as two tries where the password is wrong.
pub(super) fn login_body(credentials: &Credentials) -> Bytes {
    let (username, password) = (credentials.username(), credentials.expose_password());
    json!({ "email": username, "username": username, "password": password }).to_string().into()
}

/// Whether a code is still wanted. Text in the document.
#[derive(Deserialize)]
pub(super) struct TotpPending {
    #[serde(rename = "totpPending", default, deserialize_with = "boolean_or_its_text")]
    pub(super) is_pending: bool,
}

/// What an answer says under which nobody is logged in: one by Basic is not told under a 429 that the user is locked.
pub(super) fn unless_locked(headers: &HeaderMap, message: &str) -> Refusal {
    let is_locked = headers.contains_key(LOCK_RESET)
        || headers.get("x-tinyauth-lock-locked").is_some_and(|told| told.as_bytes().eq_ignore_ascii_case(b"true"));
    if is_locked { Refusal::Locked { wait: wait_of_lock(headers, message) } } else { Refusal::Unauthorized }
}

/// How long the lock of a 429 lasts: `Too many failed login attempts. Try again in 299 seconds`.
pub(super) fn wait_of_lock(headers: &HeaderMap, message: &str) -> Option<Duration> {
    let in_message = || {
        let (_, wait) = message.split_once("Try again in ")?;
        let (seconds, _) = wait.split_once(" second")?;
        seconds.parse().ok().map(Duration::from_secs)
    };
    let in_header = || {
        let end = OffsetDateTime::parse(headers.get(LOCK_RESET)?.to_str().ok()?, &Rfc3339).ok()?;
        Some(SystemTime::from(end).duration_since(answered_at(headers)).unwrap_or_default())
    };
    retry_after(headers).or_else(in_message).or_else(in_header).map(|wait| wait.min(LONGEST_WAIT))
}

/// What it means to be sent to this page of Tinyauth's; nothing where it is none that says no.
pub(super) fn refusal_of_page(path: &str) -> Option<Refusal> {
    match path.split(['?', '#']).next()?.rsplit('/').next()? {
        "unauthorized" => Some(Refusal::Forbidden),
        "not-found" => Some(Refusal::NotFound),
        "error" => Some(Refusal::Failed),
        _ => None,
    }
}

/// The page that a refusal to an API client names, for a browser.
pub(super) fn see_also(headers: &HeaderMap) -> Option<Url> {
    let url = Url::parse(headers.get("x-tinyauth-location")?.to_str().ok()?).ok()?;
    matches!(url.scheme(), "https" | "http").then_some(url)
}
