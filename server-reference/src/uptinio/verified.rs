//! What only those may do whose e-mail address is verified.

use super::Deviation;
use super::error::Refusal;
use super::instance::Instance;
use axum::http::StatusCode;

/// Refuses a project whose owner's address is not verified, unless the server departs so.
pub(super) fn needs_verified_owner(instance: &Instance, project: &str, departs: Deviation) -> Result<(), Refusal> {
    let accounts = instance.accounts();
    let owner = accounts.project(project).and_then(|project| accounts.owner_of(project));
    let is_verified = owner.is_some_and(|owner| owner.is_verified && !owner.may_not_create);
    match (is_verified || instance.deviates(departs)) && !instance.deviates(Deviation::VerifiedMayNotCreate) {
        true => Ok(()),
        false => Err(Refusal::error(StatusCode::FORBIDDEN, "Email verification is required")),
    }
}
