//! GET /api/v1/accounts/usage

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
    reads(instance, operation::USAGE, usage)
}

async fn usage(
    State(instance): State<Arc<Instance>>,
    Extension(ProjectCaller(project)): Extension<ProjectCaller>,
) -> Result<Response, Refusal> {
    let accounts = instance.accounts();
    let project = accounts.project(&project).ok_or_else(Refusal::no_project)?;
    let owner = accounts.owner_of(project).ok_or_else(Refusal::no_project)?;
    Ok(answer(&json!({
        "plan": owner.plan.as_str(),
        "requests_per_minute_limit": owner.plan.requests_a_minute(),
        "network_monitors_count": project.monitors.len(),
        "servers_count": project.servers.len(),
        "integrations_count": project.integrations.len(),
        "ai_analysis_count": project.analyses,
    })))
}
