//! How many requests may be made with a token, by plan.

use super::token::Digest;
use crate::clock::whole_seconds;
use crate::expiring::Expiring;
use axum::http::{HeaderName, HeaderValue};
use axum::response::Response;
use serde::Deserialize;
use std::time::{Duration, SystemTime};

/// So long the requests with a token are counted together, from the first of them on.
const WINDOW: Duration = Duration::from_secs(60);

pub(super) const LIMIT: HeaderName = HeaderName::from_static("x-ratelimit-limit");
pub(super) const REMAINING: HeaderName = HeaderName::from_static("x-ratelimit-remaining");
pub(super) const RESET: HeaderName = HeaderName::from_static("x-ratelimit-reset");

/// What somebody pays for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Plan {
    /// `standard`: 100 requests a minute with each token.
    #[default]
    Standard,
    /// `enterprise`: 1000.
    Enterprise,
}

impl Plan {
    /// The word that seed files have for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Plan::Standard => "standard",
            Plan::Enterprise => "enterprise",
        }
    }

    /// How many requests may be made with one token in a minute.
    pub const fn requests_a_minute(self) -> u32 {
        match self {
            Plan::Standard => 100,
            Plan::Enterprise => 1000,
        }
    }
}

/// How many requests there were with each token lately.
pub(super) struct RateLimits {
    requests: Expiring<Digest, u32>,
}

/// Where a token stands after a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Standing {
    limit: u32,
    remaining: u32,
    /// Seconds since 1970.
    reset: u64,
    /// How many seconds to wait, if this request was one too many.
    pub(super) wait: Option<u64>,
}

impl RateLimits {
    pub(super) fn new() -> Self {
        Self { requests: Expiring::new(10_000) }
    }

    /// Counts a request.
    pub(super) fn count(&self, token: Digest, plan: Plan, now: SystemTime) -> Standing {
        let limit = plan.requests_a_minute();
        let (requests, left) = self.requests.count(token, WINDOW, now);
        let reset = (now + left).duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        Standing {
            limit,
            remaining: limit.saturating_sub(requests),
            reset: whole_seconds(reset),
            wait: (requests > limit).then(|| whole_seconds(left)),
        }
    }
}

impl Standing {
    /// Tells it in an answer's headers.
    pub(super) fn tell(self, response: &mut Response) {
        let headers = response.headers_mut();
        headers.insert(LIMIT, HeaderValue::from(self.limit));
        headers.insert(REMAINING, HeaderValue::from(self.remaining));
        headers.insert(RESET, HeaderValue::from(self.reset));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_begins_with_its_first_request_and_ends_a_minute_later() {
        let (limits, token) = (RateLimits::new(), Digest::of("token"));
        let begun = SystemTime::UNIX_EPOCH + Duration::from_millis(1_000_500);
        let first = limits.count(token, Plan::Standard, begun);
        assert_eq!(first, Standing { limit: 100, remaining: 99, reset: 1_061, wait: None });
        let later = begun + Duration::from_secs(59);
        for _ in 1..100 {
            assert_eq!(limits.count(token, Plan::Standard, later).wait, None);
        }
        let refused = limits.count(token, Plan::Standard, later);
        assert_eq!(refused, Standing { limit: 100, remaining: 0, reset: 1_061, wait: Some(1) });
        assert_eq!(limits.count(Digest::of("another"), Plan::Standard, later).wait, None);
        assert_eq!(limits.count(token, Plan::Standard, begun + WINDOW).remaining, 99);
    }
}
