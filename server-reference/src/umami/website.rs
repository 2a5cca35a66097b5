//! DELETE /api/websites/{id}, and what every path below a website begins with.

use super::Deviation;
use super::authorization::bearer;
use super::error::Refusal;
use super::instance::Instance;
use crate::answer::answer;
use crate::routing::method;
use axum::extract::{FromRequestParts, Path, State};
use axum::http::request::Parts;
use axum::response::Response;
use axum::routing::{MethodRouter, on};
use probity_fixtures::umami::operation;
use serde_json::json;
use std::sync::Arc;

pub(super) fn route() -> MethodRouter<Arc<Instance>> {
    on(method(operation::DELETE_WEBSITE), delete)
}

async fn delete(State(instance): State<Arc<Instance>>, OwnWebsite(id): OwnWebsite) -> Response {
    instance.websites().shift_remove(&id);
    instance.traffic.kept().forget(&id);
    answer(&json!({"ok": true}))
}

/// The id of the website that the path names, which is one of the user whose token the request carries. Somebody else's
/// is answered like one that is not there.
pub(super) struct OwnWebsite(pub(super) String);

impl FromRequestParts<Arc<Instance>> for OwnWebsite {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, instance: &Arc<Instance>) -> Result<Self, Refusal> {
        let account = bearer(instance, &parts.headers, Some(Deviation::TokenNotRequiredElsewhere))?;
        let path = Path::<String>::from_request_parts(parts, instance).await;
        let Path(id) = path.map_err(|_| Refusal::not_found())?;
        let is_own = instance.websites().get(&id).is_some_and(|website| website.owner == account.username);
        match is_own {
            true => Ok(Self(id)),
            false => Err(Refusal::not_found()),
        }
    }
}
