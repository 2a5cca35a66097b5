//! What only those may do whose e-mail address is verified.

use super::error::Refusal;
use super::instance::Instance;
use axum::http::StatusCode;

/// Refuses a project whose owner's address is not verified.
pub(super) fn needs_verified_owner(instance: &Instance, project: &str) -> Result<(), Refusal> {
    let accounts = instance.accounts();
    let owner = accounts.project(project).and_then(|project| accounts.owner_of(project));
    match owner.is_some_and(|owner| owner.is_verified) {
        true => Ok(()),
        false => Err(Refusal::error(StatusCode::FORBIDDEN, "Email verification is required")),
    }
}
