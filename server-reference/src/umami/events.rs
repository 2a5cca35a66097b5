//! GET /api/websites/{id}/events

use super::error::Refusal;
use super::faults::Faults;
use super::instance::Instance;
use super::page::Page;
use super::range::Range;
use super::traffic;
use super::website::OwnWebsite;
use crate::answer::answer;
use crate::routing::method;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::{MethodRouter, on};
use probity_fixtures::umami::operation;
use serde::Serialize;
use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

pub(super) fn route() -> MethodRouter<Arc<Instance>> {
    on(method(operation::EVENTS), events)
}

async fn events(
    State(instance): State<Arc<Instance>>,
    OwnWebsite(website): OwnWebsite,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Response, Refusal> {
    let mut faults = Faults::default();
    let (range, page) = (Range::read(&query, &mut faults), Page::read(&query, &mut faults));
    let (Some(range), Some(page)) = (range, page) else { return Err(Refusal::bad_request(&faults)) };
    let kept = instance.traffic.kept();
    let found = kept.of(&website, range);
    let found = found.filter(|event| page.finds([&event.path, event.name.as_deref().unwrap_or_default()]));
    let mut found: Vec<_> = found.collect();
    found.sort_by_key(|event| Reverse(event.time));
    let on_page = found.iter().skip(page.start()).take(page.size);
    let events = Events {
        data: on_page.map(|event| Event::new(&instance, event)).collect(),
        count: found.len(),
        page: page.number,
        page_size: page.size,
    };
    Ok(answer(&events))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Events<'a> {
    data: Vec<Event<'a>>,
    count: usize,
    page: usize,
    page_size: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Event<'a> {
    id: String,
    website_id: &'a str,
    session_id: String,
    created_at: String,
    hostname: Option<&'a str>,
    url_path: &'a str,
    url_query: &'a str,
    page_title: Option<&'a str>,
    event_type: u8,
    event_name: Option<&'a str>,
    has_data: bool,
}

impl<'a> Event<'a> {
    fn new(instance: &Instance, event: &'a traffic::Event) -> Self {
        let created_at = SystemTime::UNIX_EPOCH + Duration::from_millis(event.time.unsigned_abs());
        Self {
            id: event.id.to_string(),
            website_id: &event.website,
            session_id: instance.visitors.session(event.visitor).to_string(),
            created_at: humantime::format_rfc3339_millis(created_at).to_string(),
            hostname: event.hostname.as_deref(),
            url_path: &event.path,
            url_query: &event.query,
            page_title: event.title.as_deref(),
            event_type: if event.name.is_some() { 2 } else { 1 },
            event_name: event.name.as_deref(),
            has_data: event.has_data,
        }
    }
}
