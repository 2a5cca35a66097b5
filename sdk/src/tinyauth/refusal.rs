//! How Tinyauth says no.
//!
//! The document shows `{"status": 401, "message": "Unauthorized"}`; releases say all that they refuse so, those to a
//! browser aside, which they send to a page of theirs.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;
use serde::Deserialize;

use super::releases;
use crate::error::Printable;

/// What Tinyauth says about a call that it rejected.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// Nobody is logged in, or name, password or code are wrong. Tinyauth does not tell which.
    Unauthorized,
    /// Too many tries of this user failed. Whether this one would have is not told.
    #[non_exhaustive]
    Locked {
        /// How long the lock lasts, if that is told; a day at most.
        wait: Option<Duration>,
    },
    /// This user may not, or may not log in at all.
    Forbidden,
    /// There is no such thing: a provider that is not set up.
    NotFound,
    /// Tinyauth failed. Releases say so, too, of a login by a provider whose code or state is wrong.
    Failed,
    /// Another reason, in Tinyauth's words.
    Other(String),
}

/// A refusal as it stands in a body.
#[derive(Deserialize)]
struct OnTheWire {
    #[serde(rename = "status")]
    _status: u16,
    message: String,
}

impl crate::Refusal for Refusal {
    fn read(response: &http::Response<Bytes>) -> Option<Self> {
        let OnTheWire { message, .. } = serde_json::from_slice(response.body()).ok()?;
        Some(match response.status() {
            StatusCode::UNAUTHORIZED => releases::unless_locked(response.headers(), &message),
            StatusCode::FORBIDDEN => Refusal::Forbidden,
            StatusCode::NOT_FOUND => Refusal::NotFound,
            StatusCode::TOO_MANY_REQUESTS => {
                Refusal::Locked { wait: releases::wait_of_lock(response.headers(), &message) }
            }
            status if status.is_server_error() => Refusal::Failed,
            _ => Refusal::Other(message),
        })
    }

    fn is_unauthorized(&self) -> bool {
        *self == Refusal::Unauthorized
    }

    fn retry_after(&self) -> Option<Duration> {
        match self {
            Refusal::Locked { wait } => *wait,
            _ => None,
        }
    }

    fn is_final(&self) -> bool {
        // The lock answers failed logins: more of them make it no better.
        matches!(self, Refusal::Locked { .. })
    }

    fn conceal(&mut self, secret: &str) {
        if let Refusal::Other(message) = self {
            *message = message.replace(secret, "(a secret)");
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Refusal::Unauthorized => "nobody is logged in, or name, password or code are wrong",
            Refusal::Locked { .. } => "too many tries of this user failed",
            Refusal::Forbidden => "this user may not",
            Refusal::NotFound => "there is no such thing",
            Refusal::Failed => "Tinyauth failed",
            Refusal::Other(message) => return Printable(message).fmt(f),
        })
    }
}

impl std::error::Error for Refusal {}
