//! DELETE /api/v1/auth/sign_out

use super::Deviation;
use super::authorization::{ProjectCaller, UserCaller};
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

async fn sign_out(
    State(instance): State<Arc<Instance>>,
    Extension(caller): Extension<UserCaller>,
    Extension(ProjectCaller(project)): Extension<ProjectCaller>,
) -> Response {
    if instance.deviates(Deviation::SignOutEndsEverybody) {
        instance.user_tokens.end_all(&instance, None);
    }
    if !instance.deviates(Deviation::SignOutKeepsToken) {
        instance.user_tokens.end(&instance, caller.token);
    }
    let mut accounts = instance.accounts();
    if instance.deviates(Deviation::SignOutEndsProjectToken) {
        accounts.end_token_of(&project);
    }
    if let Some(user) = accounts.user_mut(caller.id) {
        user.is_locked_out = instance.deviates(Deviation::SignOutLocksUser);
    }
    answer(&json!({"message": "Signed out successfully"}))
}
