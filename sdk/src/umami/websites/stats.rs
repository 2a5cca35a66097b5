//! `GET /api/websites/{id}/stats`: how much was counted.

use std::time::Duration;

use bytes::Bytes;
use http::Method;
use serde::Deserialize;

use super::{Range, WebsiteId};
use crate::endpoint::{Endpoint, read_json};
use crate::lenient::{if_readable, number_or_digits};
use crate::umami::{Access, Error, Refusal};
use crate::{BaseUrl, ConfigurationError};

/// Counting what happened on a website.
#[derive(Debug, Clone)]
pub struct Stats {
    website: WebsiteId,
    range: Range,
}

impl Stats {
    /// On this website, in this stretch of time.
    pub fn new(website: impl Into<WebsiteId>, range: Range) -> Self {
        Self { website: website.into(), range }
    }
}

/// How much was counted on a website. An [event with a name](super::EventKind::Named) is no page view, and ends no
/// bounce.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "OnTheWire")]
#[non_exhaustive]
pub struct WebsiteStats {
    /// Pages that were seen.
    pub pageviews: u64,
    /// Different visitors.
    pub visitors: u64,
    /// Times that a visitor came.
    pub visits: u64,
    /// Visits of one page only.
    pub bounces: u64,
    /// The time that visitors stayed, summed up, in whole seconds.
    pub total_time: Duration,
    /// The same for the stretch of time before, if the server tells it.
    pub comparison: Option<Box<WebsiteStats>>,
}

/// 3.x: numbers, and `comparison` beside them. 2.x: `{"value": 1, "prev": 0}` for each.
#[derive(Deserialize)]
struct OnTheWire {
    pageviews: Count,
    visitors: Count,
    visits: Count,
    bounces: Count,
    totaltime: Count,
    #[serde(default, deserialize_with = "if_readable")]
    comparison: Option<Box<WebsiteStats>>,
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "expected a number, or one as `value`")]
enum Count {
    Since3(Number),
    Before3 {
        value: Number,
        #[serde(default, deserialize_with = "if_readable")]
        prev: Option<Number>,
    },
}

#[derive(Clone, Copy, Deserialize)]
struct Number(#[serde(deserialize_with = "number_or_digits")] u64);

impl Count {
    fn now(&self) -> u64 {
        match self {
            Count::Since3(Number(value)) | Count::Before3 { value: Number(value), .. } => *value,
        }
    }

    fn before(&self) -> Option<u64> {
        match self {
            Count::Since3(_) => None,
            Count::Before3 { prev, .. } => prev.map(|Number(prev)| prev),
        }
    }
}

impl From<OnTheWire> for WebsiteStats {
    fn from(told: OnTheWire) -> Self {
        let OnTheWire { pageviews, visitors, visits, bounces, totaltime, comparison } = told;
        let before = || {
            Some(Box::new(WebsiteStats {
                pageviews: pageviews.before()?,
                visitors: visitors.before()?,
                visits: visits.before()?,
                bounces: bounces.before()?,
                total_time: Duration::from_secs(totaltime.before()?),
                comparison: None,
            }))
        };
        Self {
            pageviews: pageviews.now(),
            visitors: visitors.now(),
            visits: visits.now(),
            bounces: bounces.now(),
            total_time: Duration::from_secs(totaltime.now()),
            comparison: comparison.or_else(before),
        }
    }
}

impl Endpoint for Stats {
    type Credential = Access;
    type Output = WebsiteStats;
    type Refusal = Refusal;
    const NAME: &'static str = "umami.stats";
    const IDEMPOTENT: bool = true;

    fn request(&self, base: &BaseUrl, access: &Access) -> Result<http::Request<Bytes>, ConfigurationError> {
        let mut url = access.url(base, ["websites", self.website.as_str(), "stats"])?;
        self.range.append_to(&mut url);
        Ok(access.request(Method::GET, &url)?.body(Bytes::new())?)
    }

    fn secrets<'a>(&'a self, access: &'a Access) -> Vec<&'a str> {
        vec![access.expose_secret()]
    }

    fn read(&self, response: &http::Response<Bytes>) -> Result<WebsiteStats, Error> {
        read_json::<Self, _>(response)
    }
}
