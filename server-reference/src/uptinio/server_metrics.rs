//! POST /api/v1/server_metrics, as the makers' agent sends them.

use super::Deviation;
use super::authorization::ProjectCaller;
use super::error::{Form, Refusal};
use super::faults::{Fault, Faults};
use super::instance::Instance;
use super::project::{Metric, Server};
use super::request::Object;
use crate::answer::answer;
use crate::routing::method;
use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{MethodRouter, on};
use indexmap::IndexMap;
use probity_fixtures::uptinio::operation;
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// How many metrics one request may bring: the agent keeps 360.
const MOST: usize = 1000;

/// How many characters are kept of a text, which is as much as the agent sends.
const KEPT: usize = 256;

/// How many attributes, and metrics by name, are kept of a server.
const KINDS: usize = 50;

pub(super) fn route() -> MethodRouter<Arc<Instance>> {
    on(method(operation::SUBMIT_SERVER_METRICS), submit)
}

async fn submit(
    State(instance): State<Arc<Instance>>,
    Extension(ProjectCaller(project)): Extension<ProjectCaller>,
    body: Body,
) -> Result<Response, Refusal> {
    let body = Object::read(&instance, body, Form::Error).await?;
    let Sent { attributes, metrics } = Sent::read(&body).map_err(Refusal::invalid)?;
    if metrics.len() > MOST {
        return Err(Refusal::error(StatusCode::PAYLOAD_TOO_LARGE, "There are too many metrics"));
    }
    let (good, errors) = sorted_out(metrics);
    let answer = answered(good.len(), &errors);
    if !instance.deviates(Deviation::ServersNotStored) {
        keep(&instance, &project, attributes, good)?;
    }
    Ok(answer)
}

struct Sent<'a> {
    attributes: &'a Map<String, Value>,
    metrics: &'a [Value],
}

impl<'a> Sent<'a> {
    /// What was sent, or all that is wrong with it.
    fn read(body: &'a Object) -> Result<Self, Vec<Fault>> {
        let mut faults = Faults::default();
        let is_known = |text: &str| text != "unknown";
        let attributes = body.member("attributes").and_then(Value::as_object);
        if body.member("attributes").is_some_and(|attributes| !attributes.is_object()) {
            faults.add("Attributes", "is invalid");
        } else {
            let id = attributes.and_then(|attributes| attributes.get("motherboard_id"));
            faults.like("Motherboard", id, is_known);
        }
        faults.like("Agent version", body.member("agent_version"), is_known);
        let metrics = match body.member("metrics") {
            Some(Value::Array(metrics)) => Some(metrics),
            None | Some(Value::Null) => {
                faults.add("Metrics", "can't be blank");
                None
            }
            Some(_) => {
                faults.add("Metrics", "is invalid");
                None
            }
        };
        faults.into_result()?;
        attributes.zip(metrics).map(|(attributes, metrics)| Self { attributes, metrics }).ok_or_else(Vec::new)
    }
}

/// The metrics that are some, and what is wrong with the others.
fn sorted_out(metrics: &[Value]) -> (Vec<Metric>, Vec<String>) {
    let (mut good, mut errors) = (Vec::new(), Vec::new());
    for (index, metric) in metrics.iter().enumerate() {
        let name = metric["metric"].as_str().filter(|name| !name.trim().is_empty() && name.len() <= KEPT);
        let timestamp = metric["timestamp"].as_str().filter(|timestamp| is_timestamp(timestamp));
        match (name, metric["value"].as_f64(), timestamp) {
            (Some(name), Some(value), Some(timestamp)) => {
                good.push(Metric { metric: name.to_owned(), value, timestamp: timestamp.to_owned() });
            }
            (None, ..) => errors.push(format!("metrics[{index}]: metric has to be a name")),
            (_, None, _) => errors.push(format!("metrics[{index}]: value has to be a number")),
            (.., None) => errors.push(format!("metrics[{index}]: timestamp has to be a time of RFC 3339")),
        }
    }
    (good, errors)
}

/// Whether a text is a time of RFC 3339, at whatever offset.
fn is_timestamp(text: &str) -> bool {
    let utc = match text.len().checked_sub(6).and_then(|at| text.split_at_checked(at)) {
        Some((time, offset)) if is_offset(offset.as_bytes()) => format!("{time}Z"),
        _ => text.to_owned(),
    };
    text.len() <= 64 && humantime::parse_rfc3339(&utc).is_ok()
}

fn is_offset(offset: &[u8]) -> bool {
    matches!(offset, [b'+' | b'-', b'0'..=b'2', b'0'..=b'9', b':', b'0'..=b'5', b'0'..=b'9'])
}

fn answered(successes: usize, errors: &[String]) -> Response {
    let mut body = json!({
        "success_count": successes,
        "failure_count": errors.len(),
        "message": "All metrics were successfully created",
    });
    if !errors.is_empty() {
        body["message"] = "Some metrics could not be created".into();
        body["errors"] = errors.into();
    }
    let mut answer = answer(&body);
    *answer.status_mut() = StatusCode::CREATED;
    answer
}

/// Keeps the newest of what a server has sent; one that is not known is a new one.
fn keep(
    instance: &Instance,
    project: &str,
    attributes: &Map<String, Value>,
    metrics: Vec<Metric>,
) -> Result<(), Refusal> {
    let attributes = kept(attributes);
    let id = attributes.get("motherboard_id").and_then(Value::as_str).unwrap_or_default().to_owned();
    let (mut accounts, now) = (instance.accounts(), instance.clock.now());
    let id = match instance.deviates(Deviation::ServerEachTime) {
        true => format!("{id} {}", accounts.number()),
        false => id,
    };
    let is_known = accounts.project(project).is_some_and(|project| project.servers.contains_key(&id));
    let full = || Refusal::error(StatusCode::FORBIDDEN, "There are too many servers");
    let number = if is_known { 0 } else { accounts.room().ok_or_else(full)? };
    let project = accounts.project_mut(project).ok_or_else(Refusal::no_project)?;
    let server = project.servers.entry(id).or_insert_with(|| Server {
        uuid: format!("SRV{number:09}"),
        attributes: Map::new(),
        last_metrics: IndexMap::new(),
        created_at: now,
        updated_at: now,
    });
    server.attributes = attributes;
    server.updated_at = now;
    for metric in metrics {
        if server.last_metrics.len() < KINDS || server.last_metrics.contains_key(&metric.metric) {
            server.last_metrics.insert(metric.metric.clone(), metric);
        }
    }
    Ok(())
}

/// Texts, cut, and numbers.
fn kept(attributes: &Map<String, Value>) -> Map<String, Value> {
    let kept = attributes.iter().filter_map(|(name, value)| {
        let value = match value {
            Value::String(text) => Value::String(text.chars().take(KEPT).collect()),
            Value::Number(_) | Value::Bool(_) | Value::Null => value.clone(),
            Value::Array(_) | Value::Object(_) => return None,
        };
        (name.len() <= KEPT).then(|| (name.clone(), value))
    });
    kept.take(KINDS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_those_of_rfc_3339() {
        for time in ["2026-01-01T00:00:00Z", "2026-01-01T00:00:00.123456789Z", "2026-01-01T01:00:00+01:00"] {
            assert!(is_timestamp(time), "{time}");
        }
        for other in
            ["", "now", "2026-01-01", "2026-01-01T00:00:00", "2026-13-01T00:00:00Z", "2026-01-01T00:00:00+1:00", "ääää"]
        {
            assert!(!is_timestamp(other), "{other}");
        }
    }
}
