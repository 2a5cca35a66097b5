//! POST /api/v1/analysis

use super::Deviation;
use super::authorization::ProjectCaller;
use super::error::{Form, Refusal};
use super::instance::Instance;
use super::project::Project;
use super::request::Object;
use crate::answer::answer;
use crate::routing::method;
use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use axum::routing::{MethodRouter, on};
use probity_fixtures::uptinio::operation;
use serde_json::json;
use std::sync::Arc;

pub(super) fn route() -> MethodRouter<Arc<Instance>> {
    on(method(operation::ANALYSIS), analyse)
}

/// Whatever is asked, the state of the project is told: nobody thinks here.
async fn analyse(
    State(instance): State<Arc<Instance>>,
    Extension(ProjectCaller(project)): Extension<ProjectCaller>,
    body: Body,
) -> Result<Response, Refusal> {
    if instance.deviates(Deviation::AnalysisMissing) {
        return Err(Refusal::not_found());
    }
    Object::read_any(&instance, body, Form::Error).await?;
    let mut accounts = instance.accounts();
    let project = accounts.project_mut(&project).ok_or_else(Refusal::no_project)?;
    project.analyses += 1;
    Ok(answer(&json!({
        "analysis": summary(project),
        "created_at": instance.shown_time(instance.clock.now()),
    })))
}

fn summary(project: &Project) -> String {
    let ongoing = project.incidents.iter().filter(|incident| incident.closed_at.is_none());
    let names: Vec<_> = ongoing.map(|incident| incident.monitor_name.as_str()).take(10).collect();
    let watched = format!("{} monitors and {} servers are watched", project.monitors.len(), project.servers.len());
    match names.is_empty() {
        true => format!("{watched}, and no incident goes on."),
        false => format!("{watched}. An incident goes on at: {}.", names.join(", ")),
    }
}
