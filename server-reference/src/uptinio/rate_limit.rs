//! How many requests may be made with a token, by plan.

use super::Deviation;
use super::error::Refusal;
use super::instance::Instance;
use super::token::Digest;
use crate::clock::whole_seconds;
use crate::expiring::Expiring;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use serde_json::json;
use std::time::{Duration, SystemTime};

/// So long the requests with a token are counted together, from the second of the first of them on.
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
    /// What only a deviation asks for: the tokens that have spent their limit.
    spent: Expiring<Digest, ()>,
}

/// Whose requests are counted.
#[derive(Clone, Copy)]
pub(super) struct Counted {
    pub(super) token: Digest,
    pub(super) is_users: bool,
    pub(super) plan: Plan,
}

/// Where a token stands after a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Standing {
    limit: u32,
    requests: u32,
    /// When the count begins anew: seconds since 1970.
    reset: u64,
    /// How many seconds to wait, if this request was one too many.
    pub(super) wait: Option<u64>,
}

impl RateLimits {
    pub(super) fn new() -> Self {
        Self { requests: Expiring::new(10_000), spent: Expiring::new(10_000) }
    }

    /// Counts a request.
    pub(super) fn count(&self, instance: &Instance, counted: Counted) -> Standing {
        let now = instance.clock.now();
        let since = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let window = WINDOW - Duration::from_nanos(since.subsec_nanos().into());
        let key = if instance.deviates(Deviation::LimitShared) {
            Digest::of("everybody")
        } else if instance.deviates(Deviation::LimitPerKind) {
            Digest::of(if counted.is_users { "users" } else { "projects" })
        } else {
            counted.token
        };
        let (requests, left) = self.requests.count(key, window, now);
        let limit = limit(instance, counted.plan);
        let is_unlimited = instance.deviates(match counted.is_users {
            true => Deviation::UsersUnlimited,
            false => Deviation::ProjectsUnlimited,
        });
        let is_over = requests > last_answered(instance, limit) || self.stays_spent(instance, key);
        if is_over && instance.deviates(Deviation::LimitNeverResets) {
            self.spent.alive(now).insert(key, (), 1_000_000 * WINDOW);
        }
        let wait = (is_over && !is_unlimited).then(|| whole_seconds(left));
        Standing { limit, requests, reset: whole_seconds(since + left), wait }
    }

    fn stays_spent(&self, instance: &Instance, key: Digest) -> bool {
        instance.deviates(Deviation::LimitNeverResets) && self.spent.alive(instance.clock.now()).get(&key).is_some()
    }
}

fn limit(instance: &Instance, plan: Plan) -> u32 {
    let plan = match plan {
        Plan::Standard if instance.deviates(Deviation::Limit60) => return 60,
        Plan::Standard if instance.deviates(Deviation::StandardAsEnterprise) => Plan::Enterprise,
        Plan::Enterprise if instance.deviates(Deviation::EnterpriseAsStandard) => Plan::Standard,
        plan => plan,
    };
    plan.requests_a_minute()
}

/// How many requests are answered.
fn last_answered(instance: &Instance, limit: u32) -> u32 {
    if instance.deviates(Deviation::LimitOneEarly) {
        limit - 1
    } else if instance.deviates(Deviation::LimitOneLate) {
        limit + 1
    } else {
        limit
    }
}

impl Standing {
    /// Tells it in an answer's headers.
    pub(super) fn tell(self, instance: &Instance, response: &mut Response) {
        let remaining = if instance.deviates(Deviation::RemainingTooHigh) {
            self.limit + 1
        } else if instance.deviates(Deviation::RemainingCountsUp) {
            self.requests.min(self.limit)
        } else {
            self.limit.saturating_sub(self.requests)
        };
        let reset = if instance.deviates(Deviation::ResetPassed) {
            self.reset - WINDOW.as_secs()
        } else if instance.deviates(Deviation::ResetInMilliseconds) {
            self.reset * 1000
        } else {
            self.reset
        };
        let headers = response.headers_mut();
        headers.insert(LIMIT, HeaderValue::from(self.limit));
        headers.insert(REMAINING, HeaderValue::from(remaining));
        headers.insert(RESET, HeaderValue::from(reset));
    }
}

/// The answer to a request that is one too many.
pub(super) fn refusal(instance: &Instance, seconds: u64) -> Response {
    let (code, message) = (
        if instance.deviates(Deviation::LimitedByAnotherCode) { "too_many_requests" } else { "rate_limit_exceeded" },
        if instance.deviates(Deviation::RefusalTextsDiffer) { "Slow down" } else { "Too many requests" },
    );
    let mut body = json!({"error": {"code": code, "message": message}});
    if instance.deviates(Deviation::LimitedInAWord) {
        body["error"] = code.into();
    } else if instance.deviates(Deviation::LimitedWithoutMessage) {
        body["error"] = json!({ "code": code });
    }
    let status = match instance.deviates(Deviation::LimitedIs503) {
        true => StatusCode::SERVICE_UNAVAILABLE,
        false => StatusCode::TOO_MANY_REQUESTS,
    };
    let mut response = Refusal::new(status, body).with(header::RETRY_AFTER, seconds.into()).into_response();
    if instance.deviates(Deviation::LimitedLabelledAsText) {
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    }
    response
}
