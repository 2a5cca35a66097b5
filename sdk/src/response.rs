//! What an answer says, and what it tells besides.

use http::StatusCode;

use crate::{RateLimit, RawHeaders};

/// An answer: its value, and what came along with it. [`Call::with_response`](crate::Call::with_response) gives it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Response<T> {
    /// What a call gives that is awaited as it is.
    pub value: T,
    /// The answer's status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: RawHeaders,
}

impl<T> Response<T> {
    /// The value of this answer.
    pub fn of<B>(value: T, response: http::Response<B>) -> Self {
        let (head, _) = response.into_parts();
        Self { value, status: head.status, headers: head.headers.into() }
    }

    /// The same with another value.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Response<U> {
        let Self { value, status, headers } = self;
        Response { value: change(value), status, headers }
    }

    /// What it tells of the rate limit, if anything.
    pub fn rate_limit(&self) -> Option<RateLimit> {
        self.headers.rate_limit()
    }
}
