//! DELETE /api/v1/auth/sign_out

use super::authorization::UserCaller;
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
    on(method(operation::SIGN_OUT), sign_out)
}

async fn sign_out(State(instance): State<Arc<Instance>>, Extension(caller): Extension<UserCaller>) -> Response {
    instance.user_tokens.end(caller.token, instance.clock.now());
    answer(&json!({"message": "Signed out successfully"}))
}
