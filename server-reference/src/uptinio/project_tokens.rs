//! GET /api/v1/users/project_api_tokens and GET /api/v1/users/current_project_api_token

use super::authorization::{ProjectCaller, UserCaller};
use super::error::Refusal;
use super::instance::Instance;
use super::project::Project;
use crate::answer::answer;
use crate::routing::method;
use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{MethodRouter, on};
use probity_fixtures::uptinio::operation;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use std::sync::Arc;

pub(super) fn all_route() -> MethodRouter<Arc<Instance>> {
    on(method(operation::PROJECT_API_TOKENS), all)
}

pub(super) fn current_route() -> MethodRouter<Arc<Instance>> {
    on(method(operation::CURRENT_PROJECT_API_TOKEN), current)
}

async fn all(
    State(instance): State<Arc<Instance>>,
    Extension(caller): Extension<UserCaller>,
    Extension(ProjectCaller(current)): Extension<ProjectCaller>,
) -> Response {
    let accounts = instance.accounts();
    let projects = accounts.projects_of(caller.id).map(|project| shown(&instance, project, &current));
    answer(&projects.collect::<Vec<_>>())
}

async fn current(
    State(instance): State<Arc<Instance>>,
    Extension(ProjectCaller(current)): Extension<ProjectCaller>,
) -> Result<Response, Refusal> {
    let accounts = instance.accounts();
    let project = accounts.project(&current);
    let project = project.ok_or_else(|| Refusal::errors(StatusCode::NOT_FOUND, &["There is no current project"]))?;
    Ok(answer(&shown(&instance, project, &current)))
}

fn shown(instance: &Instance, project: &Project, current: &str) -> Value {
    json!({
        "uuid": project.uuid,
        "name": project.name,
        "api_token": project.token.expose_secret(),
        "created_at": instance.shown_time(project.created_at),
        "updated_at": instance.shown_time(project.created_at),
        "is_current": project.uuid == current,
    })
}
