//! GET /api/healthcheck

use super::caller::{Ways, caller};
use super::error::Refusal;
use super::instance::Instance;
use super::{Deviation, reads};
use crate::answer::answer;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::MethodRouter;
use probity_fixtures::tinyauth::operation;
use serde_json::json;
use std::sync::Arc;

pub(super) fn route(instance: &Instance) -> MethodRouter<Arc<Instance>> {
    reads(instance, operation::HEALTHCHECK, healthcheck)
}

async fn healthcheck(State(instance): State<Arc<Instance>>, headers: HeaderMap) -> Result<Response, Refusal> {
    if instance.deviates(Deviation::HealthcheckWantsLogin) {
        caller(&instance, &headers, Ways::default()).await?.user().ok_or_else(Refusal::unauthorized)?;
    }
    let message = if instance.deviates(Deviation::HealthcheckSaysHealthy) { "Healthy" } else { "OK" };
    let status = if instance.deviates(Deviation::HealthcheckStatusIsText) { json!("ok") } else { json!(200) };
    Ok(answer(&json!({"status": status, "message": message})))
}
