//! POST /api/auth/verify

use super::Deviation;
use super::authorization::bearer;
use super::error::Refusal;
use super::instance::{Account, Instance};
use super::seed::Role;
use crate::answer::{answer, labelled};
use crate::routing::method;
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, on};
use probity_fixtures::umami::operation;
use serde::Serialize;
use serde_json::json;
use std::sync::Arc;

pub(super) fn route(instance: &Instance) -> MethodRouter<Arc<Instance>> {
    let route = on(method(operation::VERIFY), verify);
    if !instance.deviates(Deviation::VerifyByGet) {
        return route;
    }
    route.get(verify)
}

async fn verify(State(instance): State<Arc<Instance>>, headers: HeaderMap) -> Response {
    match bearer(&instance, &headers, Some(Deviation::VerifyWithoutToken)) {
        Ok(account) => confirm(&instance, account),
        Err(refusal) => refuse(&instance, refusal),
    }
}

fn confirm(instance: &Instance, bearer: &Account) -> Response {
    let account = match instance.deviates(Deviation::VerifyNamesAnotherUser) {
        true => instance.other_account(bearer),
        false => bearer,
    };
    let is_admin = account.role == Role::Admin;
    let bearer = Bearer {
        id: &account.id,
        username: &account.username,
        role: account.role.as_str(),
        is_admin: is_admin != instance.deviates(Deviation::AdminFlagWrong),
    };
    labelled(answer(&bearer), instance.deviates(Deviation::VerifyLabelledAsText), "text/plain")
}

fn refuse(instance: &Instance, refusal: Refusal) -> Response {
    if instance.deviates(Deviation::VerifyRefusesWith200) {
        return Json(json!({"valid": false})).into_response();
    }
    if instance.deviates(Deviation::VerifyRefusalNamesUser) {
        let first = instance.first_account();
        return refusal.with("id", &first.id).with("username", &first.username).into_response();
    }
    refusal.into_response()
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Bearer<'a> {
    id: &'a str,
    username: &'a str,
    role: &'static str,
    is_admin: bool,
}
