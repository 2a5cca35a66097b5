//! GET and POST /api/v1/network_monitors

use super::Deviation;
use super::authorization::ProjectCaller;
use super::error::{Form, Refusal};
use super::faults::{Fault, Faults};
use super::instance::Instance;
use super::page::{Page, one_of};
use super::project::{CheckType, Monitor, Project};
use super::request::Object;
use super::seed::MonitorStatus;
use super::verified::needs_verified_owner;
use crate::answer::answer;
use crate::query::parameter;
use crate::routing::method;
use crate::web_address::is_web_address;
use axum::Extension;
use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{MethodRouter, on};
use probity_fixtures::uptinio::operation;
use serde_json::{Map, Value, json};
use std::sync::Arc;
use url::Url;

pub(super) fn route() -> MethodRouter<Arc<Instance>> {
    on(method(operation::NETWORK_MONITORS), list).on(method(operation::CREATE_NETWORK_MONITOR), create)
}

async fn list(
    State(instance): State<Arc<Instance>>,
    Extension(ProjectCaller(project)): Extension<ProjectCaller>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let query = query.unwrap_or_default();
    let page = Page::read(&query)?;
    let sort = one_of(&query, "sort", &["status", "created_at"])?;
    let sought = parameter(&query, "search").map(|sought| sought.to_lowercase());
    let accounts = instance.accounts();
    let projects = accounts.listed(&instance, &project);
    let is_found = |text: &str| sought.as_ref().is_none_or(|sought| text.to_lowercase().contains(sought));
    let newest_first = projects.iter().flat_map(|project| project.monitors.iter().rev().map(move |it| (*project, it)));
    let found = newest_first.filter(|(_, monitor)| is_found(&monitor.name) || is_found(&monitor.url));
    let mut found: Vec<_> = found.collect();
    if sort == "status" {
        found.sort_by_key(|(project, monitor)| rank(project, monitor));
    }
    let mut meta = page.meta(found.len());
    meta["sort"] = sort.into();
    let data: Vec<_> = page.of(&found).iter().map(|(project, monitor)| shown(&instance, project, monitor)).collect();
    Ok(answer(&json!({"data": data, "meta": meta})))
}

/// Those with incidents first, then those that are well, then those that nobody looks at.
fn rank(project: &Project, monitor: &Monitor) -> u8 {
    let status = monitor.checked.as_ref().map(|checked| checked.status);
    match status {
        _ if project.ongoing_of(monitor).next().is_some() => 0,
        Some(MonitorStatus::Failure) => 0,
        Some(MonitorStatus::Success) => 1,
        None => 2,
        Some(MonitorStatus::Paused) => 3,
    }
}

fn shown(instance: &Instance, project: &Project, monitor: &Monitor) -> Value {
    let checked = monitor.checked.as_ref();
    json!({
        "id": monitor.id,
        "uuid": monitor.uuid,
        "name": monitor.name,
        "url": monitor.url,
        "check_type": monitor.check_type,
        "status": monitor.status(),
        "uptime": checked.map(|checked| checked.uptime),
        "response_time": checked.map(|checked| checked.response_time),
        "last_check": checked.map(|checked| instance.shown_time(checked.at)),
        "open_incident_uuids": project.ongoing_of(monitor).map(|incident| &incident.uuid).collect::<Vec<_>>(),
        "created_at": instance.shown_time(monitor.created_at),
    })
}

async fn create(
    State(instance): State<Arc<Instance>>,
    Extension(ProjectCaller(project)): Extension<ProjectCaller>,
    body: Body,
) -> Result<Response, Refusal> {
    let may = needs_verified_owner(&instance, &project, Deviation::UnverifiedMayCreateMonitors);
    let is_stored_all_the_same = instance.deviates(Deviation::RefusedMonitorStored);
    if !is_stored_all_the_same {
        may?;
        return create_from(&instance, &project, &Object::read(&instance, body, Form::Error).await?);
    }
    let created = create_from(&instance, &project, &Object::read(&instance, body, Form::Error).await?);
    may.and(created)
}

fn create_from(instance: &Instance, project: &str, body: &Object) -> Result<Response, Refusal> {
    let (name, url, check_type) = read(body.within_or_flat("network_monitor")).map_err(Refusal::invalid)?;
    let (mut accounts, now) = (instance.accounts(), instance.clock.now());
    let full = || Refusal::error(StatusCode::FORBIDDEN, "There are too many monitors");
    let number = accounts.room().ok_or_else(full)?;
    let project = accounts.project_mut(project).ok_or_else(Refusal::no_project)?;
    project.watch(number, name.unwrap_or(url), url, check_type, now);
    let shown = project.monitors.last().map(|monitor| shown(instance, project, monitor));
    if instance.deviates(Deviation::CreationsNotStored) {
        project.monitors.pop();
    }
    let mut answer = answer(&shown);
    *answer.status_mut() = StatusCode::CREATED;
    Ok(answer)
}

/// Name, address and way of a monitor that is asked for, or all that is wrong with it.
fn read(monitor: &Map<String, Value>) -> Result<(Option<&str>, &str, CheckType), Vec<Fault>> {
    let mut faults = Faults::default();
    let name = monitor.get("name").filter(|name| !name.is_null()).and_then(|name| faults.name(Some(name)));
    let check_type = match monitor.get("check_type").map(Value::as_str) {
        None | Some(Some("http")) => Some(CheckType::Http),
        Some(Some("tcp")) => Some(CheckType::Tcp),
        Some(_) => {
            faults.add("Check type", "is not included in the list");
            None
        }
    };
    let url = faults.like("Url", monitor.get("url"), |url| match check_type {
        Some(CheckType::Tcp) => is_tcp_address(url),
        Some(CheckType::Http) | None => is_web_address(url),
    });
    match (url, check_type) {
        (Some(url), Some(check_type)) => faults.into_result().map(|()| (name, url, check_type)),
        _ => Err(faults.into_result().err().unwrap_or_default()),
    }
}

/// `tcp://host:port`
fn is_tcp_address(text: &str) -> bool {
    text.len() <= 255
        && Url::parse(text).is_ok_and(|url| url.scheme() == "tcp" && url.has_host() && url.port().is_some())
}
