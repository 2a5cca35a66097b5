//! GET /api/v1/users/project_api_tokens and GET /api/v1/users/current_project_api_token

use super::Deviation;
use super::authorization::{ProjectCaller, UserCaller};
use super::error::Refusal;
use super::instance::Instance;
use super::project::Project;
use super::reads::reads;
use crate::answer::answer;
use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::MethodRouter;
use probity_fixtures::uptinio::operation;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use std::sync::Arc;

pub(super) fn all_route(instance: &Instance) -> MethodRouter<Arc<Instance>> {
    reads(instance, operation::PROJECT_API_TOKENS, all)
}

pub(super) fn current_route(instance: &Instance) -> MethodRouter<Arc<Instance>> {
    reads(instance, operation::CURRENT_PROJECT_API_TOKEN, current)
}

async fn all(
    State(instance): State<Arc<Instance>>,
    Extension(caller): Extension<UserCaller>,
    Extension(ProjectCaller(current)): Extension<ProjectCaller>,
) -> Response {
    let accounts = instance.accounts();
    let is_told = |project: &&Project| {
        (project.owner == caller.id || instance.deviates(Deviation::ProjectTokensOfEverybody))
            && (project.uuid != current || !instance.deviates(Deviation::ProjectTokensWithoutCurrent))
    };
    let projects = accounts.projects().filter(is_told).map(|project| shown(&instance, project, &current));
    answer(&projects.collect::<Vec<_>>())
}

async fn current(
    State(instance): State<Arc<Instance>>,
    Extension(caller): Extension<UserCaller>,
    Extension(ProjectCaller(current)): Extension<ProjectCaller>,
) -> Result<Response, Refusal> {
    let accounts = instance.accounts();
    let first = accounts.first_project().filter(|_| instance.deviates(Deviation::ProjectTokenOfTheFirst));
    let project = first.or_else(|| accounts.project(&current));
    let project = project.ok_or_else(|| Refusal::errors(StatusCode::NOT_FOUND, &["There is no current project"]))?;
    let mut shown = shown(&instance, project, &current);
    if instance.deviates(Deviation::ProjectTokenIsTheUsers) {
        shown["api_token"] = caller.text.expose_secret().into();
        instance.tell_as_projects(caller.token);
    }
    Ok(answer(&shown))
}

fn shown(instance: &Instance, project: &Project, current: &str) -> Value {
    let token = project.token.expose_secret();
    let masked = token.len().saturating_sub(4);
    let token = match instance.deviates(Deviation::ProjectTokensMasked) {
        true => format!("{}{}", "*".repeat(masked), &token[masked..]),
        false => token.to_owned(),
    };
    json!({
        "uuid": project.uuid,
        "name": project.name,
        "api_token": token,
        "created_at": instance.shown_time(project.created_at),
        "updated_at": instance.shown_time(project.created_at),
        "is_current": project.uuid == current,
    })
}
