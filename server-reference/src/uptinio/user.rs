//! GET /api/v1/users/:id

use super::authorization::UserCaller;
use super::error::Refusal;
use super::instance::Instance;
use crate::answer::answer;
use crate::routing::method;
use axum::Extension;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{MethodRouter, on};
use probity_fixtures::uptinio::operation;
use serde_json::json;
use std::sync::Arc;

pub(super) fn route() -> MethodRouter<Arc<Instance>> {
    on(method(operation::USER), user)
}

async fn user(
    State(instance): State<Arc<Instance>>,
    Extension(caller): Extension<UserCaller>,
    id: Result<Path<String>, PathRejection>,
) -> Result<Response, Refusal> {
    let accounts = instance.accounts();
    // Whose the others are is nobody else's business, not even whether they are there.
    let user = accounts.user(caller.id).filter(|user| id.is_ok_and(|Path(id)| id == user.id.to_string()));
    let user = user.ok_or_else(|| Refusal::errors(StatusCode::NOT_FOUND, &["User not found"]))?;
    Ok(answer(&json!({
        "user": {
            "id": user.id,
            "email": user.email,
            "name": user.name,
            "email_verified": user.is_verified,
            "created_at": instance.shown_time(user.created_at),
            "updated_at": instance.shown_time(user.updated_at),
        },
    })))
}
