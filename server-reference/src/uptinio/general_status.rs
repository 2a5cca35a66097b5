//! GET /api/v1/general-status

use super::authorization::ProjectCaller;
use super::error::Refusal;
use super::instance::Instance;
use super::reads::reads;
use crate::answer::answer;
use axum::Extension;
use axum::extract::State;
use axum::response::Response;
use axum::routing::MethodRouter;
use probity_fixtures::uptinio::operation;
use serde_json::json;
use std::sync::Arc;

pub(super) fn route(instance: &Instance) -> MethodRouter<Arc<Instance>> {
    reads(instance, operation::GENERAL_STATUS, general_status)
}

async fn general_status(
    State(instance): State<Arc<Instance>>,
    Extension(ProjectCaller(project)): Extension<ProjectCaller>,
) -> Result<Response, Refusal> {
    let accounts = instance.accounts();
    let project = accounts.project(&project).ok_or_else(Refusal::no_project)?;
    let ongoing = project.incidents.iter().filter(|incident| incident.closed_at.is_none()).count();
    let status = if ongoing == 0 { "ok" } else { "degraded" };
    Ok(answer(&json!({
        "status": status,
        "network_monitors_count": project.monitors.len(),
        "ongoing_incidents_count": ongoing,
    })))
}
