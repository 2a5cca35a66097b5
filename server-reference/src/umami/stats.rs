//! GET /api/websites/{id}/stats and /active

use super::error::Refusal;
use super::faults::Faults;
use super::instance::Instance;
use super::range::Range;
use super::traffic::Event;
use super::visitor::hour;
use super::website::OwnWebsite;
use crate::answer::answer;
use crate::routing::method;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::{MethodRouter, on};
use probity_fixtures::umami::operation;
use serde::Serialize;
use serde_json::json;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

pub(super) fn route() -> MethodRouter<Arc<Instance>> {
    on(method(operation::STATS), stats)
}

pub(super) fn active_route() -> MethodRouter<Arc<Instance>> {
    on(method(operation::ACTIVE), active)
}

async fn stats(
    State(instance): State<Arc<Instance>>,
    OwnWebsite(website): OwnWebsite,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Response, Refusal> {
    let mut faults = Faults::default();
    let range = Range::read(&query, &mut faults).ok_or_else(|| Refusal::bad_request(&faults))?;
    let path = query.get("path");
    let kept = instance.traffic.kept();
    let page_views = |event: &&Event| event.name.is_none() && path.is_none_or(|path| **path == *event.path);
    let count = |range: Range| Counts::of(kept.of(&website, range).filter(page_views));
    Ok(answer(&Stats { comparison: count(range.before()), counts: count(range) }))
}

#[derive(Serialize)]
struct Stats {
    #[serde(flatten)]
    counts: Counts,
    /// Of the time of the same length before.
    comparison: Counts,
}

/// What the page views of some time come to.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Counts {
    pageviews: usize,
    visitors: usize,
    visits: usize,
    /// Visits of one page view.
    bounces: usize,
    /// Seconds between the first and the last page view of each visit.
    totaltime: i64,
}

impl Counts {
    fn of<'a>(page_views: impl Iterator<Item = &'a Event>) -> Self {
        let mut visits = HashMap::<_, Vec<i64>>::new();
        for event in page_views {
            visits.entry((event.visitor, hour(event.time))).or_default().push(event.time);
        }
        let lasted = |times: &Vec<i64>| match (times.iter().min(), times.iter().max()) {
            (Some(first), Some(last)) => (last - first) / 1000,
            _ => 0,
        };
        Self {
            pageviews: visits.values().map(Vec::len).sum(),
            visitors: visits.keys().map(|(visitor, _)| visitor).collect::<HashSet<_>>().len(),
            visits: visits.len(),
            bounces: visits.values().filter(|times| times.len() == 1).count(),
            totaltime: visits.values().map(lasted).sum(),
        }
    }
}

async fn active(State(instance): State<Arc<Instance>>, OwnWebsite(website): OwnWebsite) -> Response {
    const LATELY: i64 = Duration::from_secs(5 * 60).as_millis() as i64;
    let now = instance.now_millis();
    let kept = instance.traffic.kept();
    let visitors: HashSet<_> =
        kept.of(&website, Range { start: now - LATELY, end: now }).map(|event| event.visitor).collect();
    answer(&json!({"visitors": visitors.len()}))
}
