//! Headers kept for diagnosis.

use std::fmt;
use std::ops::Deref;

use http::HeaderMap;

use crate::RateLimit;

/// The headers of an answer as they came. `Debug` tells their number only, since one may hold a secret, such as a cookie.
#[derive(Clone)]
pub struct RawHeaders {
    headers: HeaderMap,
    /// Read when they came: a reset may be told as a time, and the wait until then grows shorter.
    rate_limit: Option<RateLimit>,
}

impl RawHeaders {
    /// What they tell of the rate limit, if anything.
    pub fn rate_limit(&self) -> Option<RateLimit> {
        self.rate_limit
    }
}

impl From<HeaderMap> for RawHeaders {
    fn from(headers: HeaderMap) -> Self {
        let rate_limit = RateLimit::of(&headers);
        Self { headers, rate_limit }
    }
}

impl Deref for RawHeaders {
    type Target = HeaderMap;

    fn deref(&self) -> &HeaderMap {
        &self.headers
    }
}

impl fmt::Debug for RawHeaders {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RawHeaders({})", self.len())
    }
}
