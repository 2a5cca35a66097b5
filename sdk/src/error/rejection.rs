//! Answers that say no.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::header::{AsHeaderName, LOCATION};
use http::{HeaderMap, StatusCode};
use percent_encoding::percent_decode_str;

use super::wait::{LONGEST_WAIT, retry_after};
use super::{Printable, RawBody, RawHeaders};

/// An answer that says no: as a rule, one with another status than 2xx.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Rejection<R> {
    /// The answer's status.
    pub status: StatusCode,
    /// What the API itself said. `None` for an empty body, a proxy's page, JSON of another shape,
    /// or more than [`RawBody`] keeps.
    pub refusal: Option<R>,
    /// The body as it came.
    pub body: RawBody,
    /// The headers as they came.
    pub headers: RawHeaders,
    /// The server's name for the exchange (`x-request-id`), to quote when asking its operator.
    pub request_id: Option<String>,
    /// How long the server asks to wait before the next try: by `Retry-After`, in the API's own words, or, where a 429
    /// says neither, until the rate limit resets. What is longer than a day counts as a day.
    pub retry_after: Option<Duration>,
    /// Where a redirect leads, without user and query. It is never followed: the call would carry its credentials there.
    pub location: Option<String>,
}

/// How an API says no.
pub trait Refusal: StdError + Send + Sync + Sized + 'static {
    /// What the answer says. `None` where something else than the API answered, such as a proxy.
    fn read(response: &http::Response<Bytes>) -> Option<Self>;

    /// Whether it says that nobody is signed in, for an API that does so under another status than 401 too.
    fn is_unauthorized(&self) -> bool {
        false
    }

    /// How long it asks to wait before the next try, for an API that does so without `Retry-After` too.
    fn retry_after(&self) -> Option<Duration> {
        None
    }

    /// Whether a status that is as a rule a passing trouble, such as 429, is none here: the same call soon after would come
    /// to the same, or do harm.
    fn is_final(&self) -> bool {
        false
    }

    /// Blanks a secret, which is never empty, out of all texts that the server chose.
    fn conceal(&mut self, secret: &str);
}

impl<R: Refusal> Rejection<R> {
    pub(crate) fn new(response: &http::Response<Bytes>) -> Self {
        // A refusal is short: what is longer is something else, and not worth the reading.
        let refusal = if response.body().len() <= RawBody::LIMIT { R::read(response) } else { None };
        Self::with(refusal, response)
    }

    /// An answer whose no is not for [`Refusal::read`] to find.
    pub(crate) fn with(refusal: Option<R>, response: &http::Response<Bytes>) -> Self {
        let headers = response.headers();
        let raw = RawHeaders::from(headers.clone());
        let told = match &refusal {
            Some(refusal) => refusal.retry_after(),
            None if response.status() == StatusCode::TOO_MANY_REQUESTS => raw.rate_limit().and_then(|told| told.reset),
            None => None,
        };
        let told = told.map(|wait| wait.min(LONGEST_WAIT));
        Self {
            status: response.status(),
            refusal,
            body: RawBody::new(response.body()),
            headers: raw,
            request_id: text(headers, "x-request-id").map(str::to_owned),
            retry_after: retry_after(headers).or(told),
            location: text(headers, LOCATION).map(address),
        }
    }

    pub(super) fn conceal(&mut self, secret: &str) {
        if let Some(refusal) = &mut self.refusal {
            refusal.conceal(secret);
        }
        // These are no sentences: with the secret in them there is nothing left to tell.
        let holds_none =
            |text: &String| !percent_decode_str(text).decode_utf8_lossy().contains(secret) && !text.contains(secret);
        self.request_id = self.request_id.take().filter(holds_none);
        self.location = self.location.take().filter(holds_none);
    }
}

/// The place that a `Location` names: neither `user:password@`, nor what follows the path.
pub(crate) fn address(location: &str) -> String {
    let place = location.split(['?', '#']).next().unwrap_or_default();
    match (place.split_once("//"), place.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, place))) => format!("{scheme}//{place}"),
        _ => place.to_owned(),
    }
}

pub(crate) fn text(headers: &HeaderMap, name: impl AsHeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

impl<R: fmt::Display> fmt::Display for Rejection<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "answered {}", self.status)?;
        if let Some(refusal) = &self.refusal {
            write!(f, ": {refusal}")?;
        }
        if let Some(wait) = self.retry_after {
            write!(f, "; try again in {} s", wait.as_secs())?;
        }
        // Where the API has said why, there is no need to guess.
        if self.refusal.is_none() {
            if let Some(location) = &self.location {
                write!(f, "; redirects are not followed: does the base URL belong to {}?", Printable(location))?;
            } else if matches!(self.status, StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED) {
                write!(f, "; is the base URL that of the API?")?;
            }
        }
        if let Some(request_id) = &self.request_id {
            write!(f, " (request {})", Printable(request_id))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of an API that never says why.
    #[derive(Debug, thiserror::Error)]
    #[error("no")]
    struct Silent;

    impl Refusal for Silent {
        fn read(_: &http::Response<Bytes>) -> Option<Self> {
            None
        }

        fn conceal(&mut self, _: &str) {}
    }

    #[test]
    fn a_redirect_tells_where_it_leads_without_user_and_query() {
        let response = http::Response::builder()
            .status(308)
            .header("location", "https://me:abcdefgh@example.com/login?token=abcdefgh")
            .body(Bytes::new());
        let text = Rejection::<Silent>::new(&response.expect("a response")).to_string();
        assert!(text.contains("does the base URL belong to https://example.com/login?"), "{text}");
        assert!(!text.contains("abcdefgh"), "{text}");
    }
}
