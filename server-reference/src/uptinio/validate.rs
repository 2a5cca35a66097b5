//! GET /api/v1/auth/validate

use super::Deviation;
use super::authorization::UserCaller;
use super::error::Refusal;
use super::instance::Instance;
use super::reads::reads;
use crate::answer::answer;
use axum::Extension;
use axum::extract::State;
use axum::response::Response;
use axum::routing::MethodRouter;
use probity_fixtures::uptinio::operation;
use secrecy::ExposeSecret as _;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;

pub(super) fn route(instance: &Instance) -> MethodRouter<Arc<Instance>> {
    reads(instance, operation::VALIDATE, validate)
}

async fn validate(
    State(instance): State<Arc<Instance>>,
    Extension(caller): Extension<UserCaller>,
) -> Result<Response, Refusal> {
    let accounts = instance.accounts();
    let first = accounts.first_user().filter(|_| instance.deviates(Deviation::ValidateTellsOfTheFirstUser));
    let user =
        first.or_else(|| accounts.user(caller.id)).ok_or_else(|| Refusal::no_user("Invalid or expired token"))?;
    let mut told = json!({
        "id": user.id,
        "email": user.email,
        "name": user.name,
        "email_verified": instance.verified_told(user),
    });
    if instance.deviates(Deviation::ValidateLosesTheName) {
        let day = Duration::from_secs(24 * 60 * 60);
        let (times, _) = instance.validations.count(caller.token, day, instance.clock.now());
        if times > 1 {
            told.as_object_mut().map(|told| told.shift_remove("name"));
        }
    }
    if instance.deviates(Deviation::ValidateTellsToken) {
        told["authentication_token"] = caller.text.expose_secret().into();
    }
    Ok(answer(&json!({"valid": true, "user": told})))
}
