//! GET /api/v1/auth/validate

use super::authorization::UserCaller;
use super::error::Refusal;
use super::instance::Instance;
use crate::answer::answer;
use crate::routing::method;
use axum::Extension;
use axum::extract::State;
use axum::response::Response;
use axum::routing::{MethodRouter, on};
use probity_fixtures::uptinio::operation;
use serde_json::json;
use std::sync::Arc;

pub(super) fn route() -> MethodRouter<Arc<Instance>> {
    on(method(operation::VALIDATE), validate)
}

async fn validate(
    State(instance): State<Arc<Instance>>,
    Extension(caller): Extension<UserCaller>,
) -> Result<Response, Refusal> {
    let accounts = instance.accounts();
    let user = accounts.user(caller.id).ok_or_else(|| Refusal::not_valid("Invalid or expired token"))?;
    Ok(answer(&json!({
        "valid": true,
        "user": {
            "id": user.id,
            "email": user.email,
            "name": user.name,
            "email_verified": user.is_verified,
        },
    })))
}
