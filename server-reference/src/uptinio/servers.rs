//! GET /api/v1/servers

use super::authorization::ProjectCaller;
use super::error::Refusal;
use super::instance::Instance;
use super::page::Page;
use super::project::Server;
use super::reads::reads;
use crate::answer::answer;
use axum::Extension;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use axum::routing::MethodRouter;
use probity_fixtures::uptinio::operation;
use serde_json::{Value, json};
use std::sync::Arc;

pub(super) fn route(instance: &Instance) -> MethodRouter<Arc<Instance>> {
    reads(instance, operation::SERVERS, list)
}

async fn list(
    State(instance): State<Arc<Instance>>,
    Extension(ProjectCaller(project)): Extension<ProjectCaller>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let page = Page::read(&query.unwrap_or_default())?;
    let accounts = instance.accounts();
    let projects = accounts.listed(&instance, &project);
    let servers: Vec<_> = projects.iter().flat_map(|project| project.servers.values()).collect();
    let servers: Vec<_> = page.of(&servers).iter().map(|server| shown(&instance, server)).collect();
    Ok(answer(&servers))
}

/// Its uuid, then what it has told of itself.
fn shown(instance: &Instance, server: &Server) -> Value {
    let mut shown = json!({"uuid": server.uuid});
    for name in ["hostname", "public_ip", "private_ip", "mac_address"] {
        shown[name] = Value::Null;
    }
    for (name, value) in server.attributes.iter().filter(|(name, _)| *name != "uuid") {
        shown[name.as_str()] = value.clone();
    }
    shown["last_metrics"] = json!(server.last_metrics.values().collect::<Vec<_>>());
    shown["created_at"] = instance.shown_time(server.created_at).into();
    shown["updated_at"] = instance.shown_time(server.updated_at).into();
    shown
}
