//! How Uptinio says no.
//!
//! The document has six forms of it: `errors` is an array of texts, or one text; `error` is a text, or an object with
//! `code` and `message`, or a code with `message` and `success: false` beside it; and `valid: false` with `errors`.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;
use serde_json::{Map, Value};

use crate::RateLimit;
use crate::error::{LONGEST_WAIT, Printable};

/// What Uptinio says about a call that it rejected, in whichever of its forms.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Refusal {
    /// The reason, for programs.
    pub reason: Reason,
    /// The reason as Uptinio's own code, where it gives one: `code_required`.
    pub code: Option<String>,
    messages: Vec<String>,
}

/// Why a call was rejected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// No code was given to verify the address with.
    CodeRequired,
    /// It is not the code, or it is more than 15 minutes old: which of these is not told. Another can be sent.
    InvalidOrExpiredCode,
    /// The last code was sent less than a minute ago. The status is 429, and no rate limit is spent.
    #[non_exhaustive]
    ResendTooSoon {
        /// How long until another can be sent, if that is told; a day at most.
        wait: Option<Duration>,
    },
    /// The code could not be sent. It may work later.
    SendFailed,
    /// Too many requests came with this token: 100 in a minute on standard plans, 1000 on enterprise ones.
    #[non_exhaustive]
    RateLimited {
        /// The most requests that the server takes, if it tells that.
        limit: Option<u64>,
        /// How long until it takes requests again, if it tells that; a day at most.
        reset: Option<Duration>,
    },
    /// The token is missing, not valid or expired, or of a user who is banned; or it is not the user's password. Uptinio
    /// does not tell a ban from an expired token, so that signing in anew must not be tried for ever.
    Unauthorized,
    /// This token may not: its user may be banned, or have an address that is not verified yet.
    Forbidden,
    /// There is no such thing.
    NotFound,
    /// What was sent is not accepted. [`Refusal::messages`] say what is wrong with it.
    Invalid,
    /// Uptinio failed.
    Failed,
    /// Another reason: the code and the messages tell it.
    Other,
}

impl Refusal {
    /// The reasons for people, in Uptinio's words: all that it gives. It may give none beside a code.
    pub fn messages(&self) -> &[String] {
        &self.messages
    }

    pub(super) fn into_messages(self) -> Vec<String> {
        self.messages
    }

    /// What a body says in one of the six forms. `None` if it says nothing in any of them.
    fn of(body: &Map<String, Value>, status: StatusCode, rate_limit: Option<RateLimit>) -> Option<Self> {
        let text = |value: &Value| value.as_str().filter(|text| !text.trim().is_empty()).map(str::to_owned);
        let message = body.get("message").and_then(text);
        let (mut code, mut messages) = (None, Vec::new());
        match body.get("error") {
            Some(Value::Object(error)) => {
                code = error.get("code").and_then(text);
                messages.extend(error.get("message").and_then(text));
            }
            // A code has its message beside it; a text without one is the message.
            Some(error) if message.is_some() || body.contains_key("success") => code = text(error),
            Some(error) => messages.extend(text(error)),
            None => {}
        }
        match body.get("errors") {
            Some(Value::Array(errors)) => messages.extend(errors.iter().filter_map(text)),
            Some(errors) => messages.extend(text(errors)),
            None => {}
        }
        messages.extend(message.filter(|_| code.is_some()));
        if code.is_none() && messages.is_empty() {
            return None;
        }
        let seconds = body.get("seconds_until_can_resend");
        let reason = Reason::of(code.as_deref().unwrap_or_default(), status, seconds, rate_limit);
        Some(Self { reason, code, messages })
    }
}

impl Reason {
    /// Codes say more than statuses, which say more than nothing.
    fn of(code: &str, status: StatusCode, seconds: Option<&Value>, rate_limit: Option<RateLimit>) -> Self {
        match code {
            "code_required" => Reason::CodeRequired,
            "invalid_or_expired_code" => Reason::InvalidOrExpiredCode,
            "resend_too_soon" => Reason::ResendTooSoon { wait: seconds.and_then(wait) },
            "send_failed" => Reason::SendFailed,
            "rate_limit_exceeded" => Reason::rate_limited(rate_limit),
            _ => match status {
                StatusCode::UNAUTHORIZED => Reason::Unauthorized,
                StatusCode::FORBIDDEN => Reason::Forbidden,
                StatusCode::NOT_FOUND => Reason::NotFound,
                StatusCode::BAD_REQUEST | StatusCode::CONFLICT | StatusCode::UNPROCESSABLE_ENTITY => Reason::Invalid,
                StatusCode::TOO_MANY_REQUESTS => Reason::rate_limited(rate_limit),
                status if status.is_server_error() => Reason::Failed,
                _ => Reason::Other,
            },
        }
    }

    fn rate_limited(told: Option<RateLimit>) -> Self {
        Reason::RateLimited { limit: told.and_then(|told| told.limit), reset: told.and_then(|told| told.reset) }
    }
}

/// A count of seconds, as a number or as its text.
fn wait(seconds: &Value) -> Option<Duration> {
    let seconds = seconds.as_f64().or_else(|| seconds.as_str()?.trim().parse().ok())?;
    let is_one = seconds.is_finite() && seconds >= 0.0;
    is_one.then(|| Duration::from_secs_f64(seconds.min(LONGEST_WAIT.as_secs_f64())))
}

impl crate::Refusal for Refusal {
    fn read(response: &http::Response<Bytes>) -> Option<Self> {
        let (status, rate_limit) = (response.status(), RateLimit::of(response.headers()));
        let said = serde_json::from_slice(response.body()).ok().and_then(|body| Self::of(&body, status, rate_limit));
        // What counts requests often stands before the API, and answers in words of its own.
        let is_limited = status == StatusCode::TOO_MANY_REQUESTS;
        said.or_else(|| {
            is_limited.then(|| Self { reason: Reason::rate_limited(rate_limit), code: None, messages: Vec::new() })
        })
    }

    fn is_unauthorized(&self) -> bool {
        self.reason == Reason::Unauthorized
    }

    fn retry_after(&self) -> Option<Duration> {
        match self.reason {
            Reason::ResendTooSoon { wait } => wait,
            Reason::RateLimited { reset, .. } => reset,
            _ => None,
        }
    }

    fn is_final(&self) -> bool {
        matches!(self.reason, Reason::ResendTooSoon { .. })
    }

    fn conceal(&mut self, secret: &str) {
        for text in self.messages.iter_mut().chain(&mut self.code) {
            *text = text.replace(secret, "(a secret)");
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Reason::CodeRequired => "no code was given",
            Reason::InvalidOrExpiredCode => "it is not the code, or it has expired",
            Reason::ResendTooSoon { .. } => "the last code was sent less than a minute ago",
            Reason::SendFailed => "the code could not be sent",
            Reason::RateLimited { .. } => "too many requests",
            Reason::Unauthorized => "the token or the password is not accepted",
            Reason::Forbidden => "this token may not",
            Reason::NotFound => "there is no such thing",
            Reason::Invalid => "what was sent is not accepted",
            Reason::Failed => "Uptinio failed",
            Reason::Other => "Uptinio refused",
        })
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 10;
        match self.messages.first() {
            None => write!(f, "{}", self.reason)?,
            Some(first) => write!(f, "{}", Printable(first))?,
        }
        for message in self.messages.iter().take(SHOWN).skip(1) {
            write!(f, "; {}", Printable(message))?;
        }
        if let Some(more @ 1..) = self.messages.len().checked_sub(SHOWN) {
            write!(f, "; and {more} more")?;
        }
        match &self.code {
            Some(code) => write!(f, " ({})", Printable(code)),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Refusal {}
