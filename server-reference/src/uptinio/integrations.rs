//! GET and POST /api/v1/integrations

use super::Deviation;
use super::authorization::ProjectCaller;
use super::error::{Form, Refusal};
use super::faults::{Fault, Faults};
use super::instance::Instance;
use super::project::Integration;
use super::request::Object;
use super::verified::needs_verified_owner;
use crate::answer::answer;
use crate::routing::method;
use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{MethodRouter, on};
use probity_fixtures::uptinio::operation;
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// The one kind whose word is known.
const WEBHOOK: &str = "Integrations::WebhookIntegration";

pub(super) fn route() -> MethodRouter<Arc<Instance>> {
    on(method(operation::INTEGRATIONS), list).on(method(operation::CREATE_INTEGRATION), create)
}

async fn list(
    State(instance): State<Arc<Instance>>,
    Extension(ProjectCaller(project)): Extension<ProjectCaller>,
) -> Response {
    let accounts = instance.accounts();
    let projects = accounts.listed(&instance, &project);
    let integrations = projects.iter().flat_map(|project| &project.integrations);
    answer(&integrations.map(|integration| shown(&instance, integration)).collect::<Vec<_>>())
}

fn shown(instance: &Instance, integration: &Integration) -> Value {
    json!({
        "uuid": integration.uuid,
        "type": WEBHOOK,
        "name": integration.name,
        "settings": {"webhook_url": integration.webhook_url},
        "editable": true,
        "deletable": true,
        "created_at": instance.shown_time(integration.created_at),
        "updated_at": instance.shown_time(integration.created_at),
    })
}

async fn create(
    State(instance): State<Arc<Instance>>,
    Extension(ProjectCaller(project)): Extension<ProjectCaller>,
    body: Body,
) -> Result<Response, Refusal> {
    needs_verified_owner(&instance, &project, Deviation::UnverifiedMayCreateIntegrations)?;
    let body = Object::read(&instance, body, Form::Error).await?;
    let (name, webhook_url) = read(body.within_or_flat("integration")).map_err(Refusal::invalid)?;
    let (mut accounts, created_at) = (instance.accounts(), instance.clock.now());
    let full = || Refusal::error(StatusCode::FORBIDDEN, "There are too many integrations");
    let uuid = format!("INT{:09}", accounts.room().ok_or_else(full)?);
    let project = accounts.project_mut(&project).ok_or_else(Refusal::no_project)?;
    let integration = Integration { uuid, name, webhook_url, created_at };
    let mut answer = answer(&shown(&instance, &integration));
    if !instance.deviates(Deviation::CreationsNotStored) {
        project.integrations.push(integration);
    }
    *answer.status_mut() = StatusCode::CREATED;
    Ok(answer)
}

/// Name and address of a webhook that is asked for, or all that is wrong with it.
fn read(integration: &Map<String, Value>) -> Result<(String, String), Vec<Fault>> {
    let mut faults = Faults::default();
    let kind = faults.text("Type", integration.get("type"));
    if kind.is_some_and(|kind| kind != WEBHOOK) {
        faults.add("Type", "is not included in the list");
    }
    let name = integration.get("name").filter(|name| !name.is_null()).and_then(|name| faults.name(Some(name)));
    let settings = integration.get("settings");
    let url = faults.website("Webhook url", settings.and_then(|settings| settings.get("webhook_url")));
    faults.into_result()?;
    Ok((name.unwrap_or("Webhook").to_owned(), url.unwrap_or_default().to_owned()))
}
