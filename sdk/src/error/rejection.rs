//! Answers that are not 2xx.

use std::error::Error as StdError;
use std::fmt;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::header::{AsHeaderName, DATE, LOCATION, RETRY_AFTER};
use http::{HeaderMap, StatusCode};
use percent_encoding::percent_decode_str;
use serde::de::DeserializeOwned;

use super::{Printable, RawBody};

/// An answer with another status than 2xx.
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
    /// The server's name for the exchange (`x-request-id`), to quote when asking its operator.
    pub request_id: Option<String>,
    /// How long the server asks to wait before the next try (`Retry-After`). What is longer than a day counts as a day.
    pub retry_after: Option<Duration>,
    /// Where a redirect leads, without user and query. It is never followed: the call would carry its credentials there.
    pub location: Option<String>,
}

/// How an API says no.
pub trait Refusal: StdError + Send + Sync + 'static {
    /// Blanks a secret, which is never empty, out of all texts that the server chose.
    fn conceal(&mut self, secret: &str);
}

impl<R> Rejection<R> {
    pub(crate) fn new(response: &http::Response<Bytes>) -> Self
    where
        R: DeserializeOwned,
    {
        let headers = response.headers();
        let body = RawBody::new(response.body());
        Self {
            status: response.status(),
            refusal: serde_json::from_slice(body.as_bytes()).ok(),
            body,
            request_id: text(headers, "x-request-id").map(str::to_owned),
            retry_after: retry_after(headers),
            location: text(headers, LOCATION).map(address),
        }
    }
}

impl<R: Refusal> Rejection<R> {
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
fn address(location: &str) -> String {
    let place = location.split(['?', '#']).next().unwrap_or_default();
    match (place.split_once("//"), place.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, place))) => format!("{scheme}//{place}"),
        _ => place.to_owned(),
    }
}

fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    const DAY: Duration = Duration::from_secs(24 * 60 * 60);
    // An application adds it to a time, and sleeps until then.
    retry_after_as_told(headers).map(|wait| wait.min(DAY))
}

fn retry_after_as_told(headers: &HeaderMap) -> Option<Duration> {
    let value = text(headers, RETRY_AFTER)?;
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = |value| httpdate::parse_http_date(value).ok();
    // The answer's own date is of the same clock as the time that it names; ours may be wrong.
    let now = text(headers, DATE).and_then(date).unwrap_or_else(SystemTime::now);
    date(value).map(|then| then.duration_since(now).unwrap_or_default())
}

fn text(headers: &HeaderMap, name: impl AsHeaderName) -> Option<&str> {
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
        if let Some(location) = &self.location {
            write!(f, "; redirects are not followed: does the base URL belong to {}?", Printable(location))?;
        } else if self.refusal.is_none()
            && matches!(self.status, StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED)
        {
            write!(f, "; is the base URL that of the API?")?;
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

    fn rejection(status: u16, headers: &[(&str, &str)]) -> Rejection<String> {
        let mut response = http::Response::builder().status(status);
        for (name, value) in headers {
            response = response.header(*name, *value);
        }
        Rejection::new(&response.body(Bytes::new()).expect("a response"))
    }

    #[test]
    fn retry_after_is_read_as_seconds() {
        let wait = rejection(429, &[("retry-after", "120")]).retry_after;
        assert_eq!(wait, Some(Duration::from_secs(120)));
    }

    #[test]
    fn a_wait_of_more_than_a_day_counts_as_a_day() {
        let day = Some(Duration::from_secs(86_400));
        assert_eq!(rejection(429, &[("retry-after", "18446744073709551615")]).retry_after, day);
        let date = ("date", "Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(rejection(503, &[date, ("retry-after", "Sat, 06 Nov 2094 08:49:37 GMT")]).retry_after, day);
    }

    #[test]
    fn retry_after_is_read_as_a_date_by_the_clock_of_the_server() {
        let date = ("date", "Sun, 06 Nov 1994 08:49:37 GMT");
        let later = rejection(503, &[date, ("retry-after", "Sun, 06 Nov 1994 08:50:07 GMT")]).retry_after;
        let gone = rejection(503, &[date, ("retry-after", "Sun, 06 Nov 1994 08:49:00 GMT")]).retry_after;
        assert_eq!((later, gone), (Some(Duration::from_secs(30)), Some(Duration::ZERO)));
    }

    #[test]
    fn what_is_no_retry_after_counts_as_none() {
        for value in ["soon", "-1", "", "99999999999999999999999"] {
            assert_eq!(rejection(503, &[("retry-after", value)]).retry_after, None, "{value}");
        }
    }

    #[test]
    fn a_redirect_tells_where_it_leads_without_user_and_query() {
        let text = rejection(308, &[("location", "https://me:abcdefgh@example.com/login?token=abcdefgh")]).to_string();
        assert!(text.contains("does the base URL belong to https://example.com/login?"), "{text}");
        assert!(!text.contains("abcdefgh"), "{text}");
    }
}
