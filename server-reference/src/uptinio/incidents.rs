//! GET /api/v1/incidents

use super::authorization::ProjectCaller;
use super::error::Refusal;
use super::instance::Instance;
use super::page::{Page, one_of};
use super::project::Incident;
use super::reads::reads;
use crate::answer::answer;
use axum::Extension;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use axum::routing::MethodRouter;
use probity_fixtures::uptinio::operation;
use serde_json::{Value, json};
use std::cmp::Reverse;
use std::sync::Arc;

pub(super) fn route(instance: &Instance) -> MethodRouter<Arc<Instance>> {
    reads(instance, operation::INCIDENTS, list)
}

async fn list(
    State(instance): State<Arc<Instance>>,
    Extension(ProjectCaller(project)): Extension<ProjectCaller>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let query = query.unwrap_or_default();
    let page = Page::read(&query)?;
    let wanted = one_of(&query, "status", &["all", "ongoing", "resolved"])?;
    let accounts = instance.accounts();
    let projects = accounts.listed(&instance, &project);
    let is_wanted = |incident: &&Incident| wanted == "all" || status(incident) == wanted;
    let mut found: Vec<_> =
        projects.iter().flat_map(|project| project.incidents.iter().rev()).filter(is_wanted).collect();
    found.sort_by_key(|incident| (incident.closed_at.is_some(), Reverse(incident.created_at)));
    let data: Vec<_> = page.of(&found).iter().map(|incident| shown(&instance, incident)).collect();
    Ok(answer(&json!({"data": data, "meta": page.meta(found.len())})))
}

fn status(incident: &Incident) -> &'static str {
    if incident.closed_at.is_some() { "resolved" } else { "ongoing" }
}

fn shown(instance: &Instance, incident: &Incident) -> Value {
    json!({
        "uuid": incident.uuid,
        "status": status(incident),
        "error_message": "HTTP 502",
        "closed_at": incident.closed_at.map(|closed_at| instance.shown_time(closed_at)),
        "snoozed_at": null,
        "snooze_until": null,
        "monitorable_type": "NetworkMonitor",
        "monitorable_uuid": incident.monitor,
        "monitorable_name": incident.monitor_name,
        "request": format!("GET {}", incident.url),
        "request_headers": {"Accept": "*/*"},
        "response": "502 Bad Gateway",
        "response_headers": {"Content-Type": "text/html"},
        "created_at": instance.shown_time(incident.created_at),
        "updated_at": instance.shown_time(incident.closed_at.unwrap_or(incident.created_at)),
    })
}
