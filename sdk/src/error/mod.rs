//! What can go wrong with a call, and what the reader needs to act on it.

mod configuration;
mod invalid_field;
mod printable;
mod raw_body;
mod raw_headers;
mod rejection;
mod undecodable;
mod wait;

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use http::{HeaderMap, StatusCode};

pub use configuration::ConfigurationError;
pub use invalid_field::{FieldProblem, InvalidField, LengthUnit};
pub(crate) use printable::Printable;
pub use raw_body::RawBody;
pub use raw_headers::RawHeaders;
pub(crate) use rejection::address;
pub(crate) use rejection::text;
pub use rejection::{Refusal, Rejection};
pub use undecodable::Undecodable;
#[cfg(feature = "uptinio")]
pub(crate) use undecodable::outline;
#[cfg(feature = "tinyauth")]
pub(crate) use wait::retry_after;
pub(crate) use wait::{LONGEST_WAIT, answered_at};

use crate::RateLimit;

/// Why a call did not give what it was made for. `R` is how the API says no: each has a [`Refusal`] of its own.
///
/// It displays what happened, to which call, and where it is known what to do about it. Neither it nor its `Debug` form
/// shows the text of a body, or the secrets of the call. A refusal is shown as the API words it: should the server
/// repeat the password or the token in it, that is blanked out.
pub struct Error<R> {
    call: Option<Cow<'static, str>>,
    kind: Box<ErrorKind<R>>,
    /// How often the call was made, and how long that took in all.
    tries: (u32, Duration),
}

/// The ways for a call to fail.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ErrorKind<R> {
    /// Nothing was sent: what the client was given cannot be used.
    #[error(transparent)]
    Configuration(#[from] ConfigurationError),
    /// There is no connection to the server, so it has not seen the request.
    #[error("cannot connect to the server: is it running, and does the base URL name it?")]
    Connect(#[source] Box<dyn StdError + Send + Sync>),
    /// The connection broke off, or what came over it is no HTTP. Whether the server acted on the request is unknown.
    #[error("the connection broke off before a complete answer came")]
    BrokenOff(#[source] Box<dyn StdError + Send + Sync>),
    /// No complete answer came in time. Whether the server acted on the request is unknown.
    #[error("no complete answer came in time: raise the client's timeout if the server is merely slow")]
    Timeout(#[source] Box<dyn StdError + Send + Sync>),
    /// The server did not do it, and said so: as a rule by another status than 2xx.
    #[error("{0}")]
    Rejected(Rejection<R>),
    /// The server said that it did it, with an answer that is not the operation's.
    #[error("{0}")]
    Undecodable(Undecodable),
    /// The server answered with more than this client reads.
    #[error("answered {status} with a body of more than {limit} bytes, which is not read")]
    TooLarge {
        /// The answer's status.
        status: StatusCode,
        /// The most that is read, in bytes.
        limit: usize,
        /// What the answer tells of the rate limit, if anything.
        rate_limit: Option<RateLimit>,
    },
}

impl<R> Error<R> {
    /// What happened to the operation of that name.
    pub(crate) fn of(operation: &'static str, kind: impl Into<ErrorKind<R>>) -> Self {
        Self { call: Some(Cow::Borrowed(operation)), kind: Box::new(kind.into()), tries: (0, Duration::ZERO) }
    }

    /// The same, with the call told in more detail.
    #[cfg(feature = "client")]
    pub(crate) fn during(self, call: String) -> Self {
        Self { call: Some(Cow::Owned(call)), ..self }
    }

    /// The same, after so many tries in that time.
    #[cfg(feature = "client")]
    pub(crate) fn after(self, attempts: u32, elapsed: Duration) -> Self {
        Self { tries: (attempts, elapsed), ..self }
    }

    /// How often a client made the call before it gave up; 0 where none did. This is what became of the last try.
    pub fn attempts(&self) -> u32 {
        self.tries.0
    }

    /// How long a client was at it, waits between tries included.
    pub fn elapsed(&self) -> Duration {
        self.tries.1
    }

    /// What happened.
    pub fn kind(&self) -> &ErrorKind<R> {
        &self.kind
    }

    /// What happened, to keep.
    pub fn into_kind(self) -> ErrorKind<R> {
        *self.kind
    }

    /// The call that it happened to: the operation, and `(POST https://example.com/api/…)`. The URL is without its query;
    /// before a call there is none.
    pub fn call(&self) -> Option<&str> {
        self.call.as_deref()
    }

    /// The status of the answer, if one came.
    pub fn status(&self) -> Option<StatusCode> {
        match &*self.kind {
            ErrorKind::Rejected(rejection) => Some(rejection.status),
            ErrorKind::Undecodable(undecodable) => Some(undecodable.status),
            ErrorKind::TooLarge { status, .. } => Some(*status),
            ErrorKind::Configuration(_) | ErrorKind::Connect(_) | ErrorKind::BrokenOff(_) | ErrorKind::Timeout(_) => {
                None
            }
        }
    }

    /// What the API itself said about the rejection. `None` when it said nothing, or something else did: a proxy's page
    /// has a status and no refusal.
    pub fn refusal(&self) -> Option<&R> {
        match &*self.kind {
            ErrorKind::Rejected(rejection) => rejection.refusal.as_ref(),
            _ => None,
        }
    }

    /// The headers of the answer, if one came and its body was read.
    pub fn headers(&self) -> Option<&HeaderMap> {
        match &*self.kind {
            ErrorKind::Rejected(rejection) => Some(&rejection.headers),
            ErrorKind::Undecodable(undecodable) => Some(&undecodable.headers),
            _ => None,
        }
    }

    /// What the answer tells of the rate limit, if one came that tells it. It does not mean that the limit is the reason.
    pub fn rate_limit(&self) -> Option<RateLimit> {
        match &*self.kind {
            ErrorKind::Rejected(rejection) => rejection.headers.rate_limit(),
            ErrorKind::Undecodable(undecodable) => undecodable.headers.rate_limit(),
            ErrorKind::TooLarge { rate_limit, .. } => *rate_limit,
            _ => None,
        }
    }

    /// Whether time ran out before an answer was complete.
    pub fn is_timeout(&self) -> bool {
        matches!(*self.kind, ErrorKind::Timeout(_))
    }

    /// Whether the server was not reached at all: it has not seen the request.
    pub fn is_connect(&self) -> bool {
        matches!(*self.kind, ErrorKind::Connect(_))
    }

    /// How long the server asks to wait before the next try, by `Retry-After` or in the API's own words; a day at most.
    pub fn retry_after(&self) -> Option<Duration> {
        match &*self.kind {
            ErrorKind::Rejected(rejection) => rejection.retry_after,
            _ => None,
        }
    }
}

impl<R: Refusal> Error<R> {
    /// Blanks these secrets out of all that the server chose the words of, should it have repeated them. Clients have
    /// done so; it is for errors that come from [`Endpoint::read`](crate::endpoint::Endpoint::read) itself.
    #[must_use]
    pub fn concealing(mut self, secrets: &[&str]) -> Self {
        if let ErrorKind::Rejected(rejection) = &mut *self.kind {
            // Everything is found in an empty text's places.
            for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
                rejection.conceal(secret);
            }
        }
        self
    }

    /// Whether it takes signing in, or signing in anew, for this to succeed: the credentials, the token or the session
    /// are not accepted. That is a 401, or the same in the API's own words.
    pub fn is_unauthorized(&self) -> bool {
        let session_ended = matches!(*self.kind, ErrorKind::Configuration(ConfigurationError::SessionEnded));
        session_ended
            || self.status() == Some(StatusCode::UNAUTHORIZED)
            || self.refusal().is_some_and(Refusal::is_unauthorized)
    }
}

impl<R> From<ConfigurationError> for Error<R> {
    fn from(error: ConfigurationError) -> Self {
        Self { call: None, kind: Box::new(error.into()), tries: (0, Duration::ZERO) }
    }
}

impl<R> From<Rejection<R>> for ErrorKind<R> {
    fn from(rejection: Rejection<R>) -> Self {
        ErrorKind::Rejected(rejection)
    }
}

impl<R> From<Undecodable> for ErrorKind<R> {
    fn from(undecodable: Undecodable) -> Self {
        ErrorKind::Undecodable(undecodable)
    }
}

impl<R> From<Box<Undecodable>> for ErrorKind<R> {
    fn from(undecodable: Box<Undecodable>) -> Self {
        ErrorKind::Undecodable(*undecodable)
    }
}

impl<R: fmt::Debug> fmt::Debug for Error<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error").field("call", &self.call).field("kind", &self.kind).field("tries", &self.tries).finish()
    }
}

impl<R: fmt::Display> fmt::Display for Error<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.call {
            Some(call) => write!(f, "{call}: {}", self.kind)?,
            None => self.kind.fmt(f)?,
        }
        match self.tries {
            (0 | 1, _) => Ok(()),
            (attempts, elapsed) => write!(f, " (tried {attempts} times in {:.1} s)", elapsed.as_secs_f64()),
        }
    }
}

impl<R: fmt::Debug + fmt::Display> StdError for Error<R> {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        // The kind's own text is part of this one's: the chain goes on with what caused it.
        self.kind.source()
    }
}
