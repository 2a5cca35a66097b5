//! GET /api/v1/users/:id

use super::Deviation;
use super::accounts::{Accounts, User};
use super::authorization::UserCaller;
use super::error::Refusal;
use super::instance::Instance;
use super::reads::reads;
use crate::answer::answer;
use axum::Extension;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::MethodRouter;
use probity_fixtures::uptinio::operation;
use serde_json::json;
use std::sync::Arc;

pub(super) fn route(instance: &Instance) -> MethodRouter<Arc<Instance>> {
    reads(instance, operation::USER, user)
}

async fn user(
    State(instance): State<Arc<Instance>>,
    Extension(caller): Extension<UserCaller>,
    id: Result<Path<String>, PathRejection>,
) -> Result<Response, Refusal> {
    let accounts = instance.accounts();
    let id = id.map_or_else(|_| String::new(), |Path(id)| id);
    let user = meant(&instance, &accounts, &id, caller.id);
    let user = user.ok_or_else(|| Refusal::errors(StatusCode::NOT_FOUND, &["User not found"]))?;
    let mut told = json!({
        "id": user.id,
        "email": user.email,
        "name": user.name,
        "email_verified": user.is_verified,
        "created_at": instance.shown_time(user.created_at),
        "updated_at": instance.shown_time(user.updated_at),
    });
    if instance.deviates(Deviation::UserWithoutAddress) {
        told.as_object_mut().map(|told| told.shift_remove("email"));
    }
    instance.tell_hash(&mut told, Some(user));
    Ok(answer(&json!({ "user": told })))
}

/// The user that an id in a path means to somebody.
fn meant<'a>(instance: &Instance, accounts: &'a Accounts, id: &str, own: u64) -> Option<&'a User> {
    let number = id.parse().ok().filter(|number: &u64| id == number.to_string());
    let is_oneself = match number.map(|number| accounts.user(number)) {
        Some(Some(user)) if instance.deviates(Deviation::UserOfAnyone) => return Some(user),
        // Whose the others are is nobody else's business, not even whether they are there.
        Some(Some(user)) => user.id == own,
        Some(None) => instance.deviates(Deviation::UserUnknownIsOneself),
        None => instance.deviates(Deviation::UserMalformedIsOneself),
    };
    accounts.user(own).filter(|_| is_oneself)
}
