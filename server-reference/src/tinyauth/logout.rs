//! POST /api/logout

use super::Deviation;
use super::error::Refusal;
use super::instance::Instance;
use super::session::{self, Holder};
use crate::answer::answer;
use crate::routing::method;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::Response;
use axum::routing::{MethodRouter, on};
use probity_fixtures::tinyauth::operation;
use serde_json::json;
use std::sync::Arc;

pub(super) fn route(instance: &Instance) -> MethodRouter<Arc<Instance>> {
    let route = on(method(operation::LOGOUT), logout);
    if !instance.deviates(Deviation::LogoutByGet) {
        return route;
    }
    route.get(logout)
}

/// Has the browser forget its session. The session itself goes on, for whoever kept the cookie.
async fn logout(State(instance): State<Arc<Instance>>, headers: HeaderMap) -> Result<Response, Refusal> {
    if instance.deviates(Deviation::LogoutEndsSession) {
        session::cookie(&instance, &headers).into_iter().for_each(|cookie| instance.end(cookie));
    }
    let message =
        if instance.deviates(Deviation::LogoutSaysLogoutSuccessful) { "Logout successful" } else { "Logged out" };
    let mut answer = answer(&json!({"status": 200, "message": message}));
    if !instance.deviates(Deviation::LogoutKeepsCookie) {
        let cookie = match instance.deviates(Deviation::LogoutEmptiesSession) {
            true => session::begin(&instance, &headers, Holder::Nobody)?,
            false => session::forget(&instance)?,
        };
        answer.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(answer)
}
