//! GET /api/app

use super::caller::{Ways, caller};
use super::error::Refusal;
use super::instance::Instance;
use super::{Deviation, reads};
use crate::answer::answer;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::MethodRouter;
use probity_fixtures::tinyauth::operation;
use serde::Serialize;
use std::sync::Arc;

pub(super) fn route(instance: &Instance) -> MethodRouter<Arc<Instance>> {
    reads(instance, operation::APP, app)
}

async fn app(State(instance): State<Arc<Instance>>, headers: HeaderMap) -> Result<Response, Refusal> {
    let mut title = "Tinyauth".to_owned();
    if instance.deviates(Deviation::AppWantsLogin) || instance.deviates(Deviation::AppGreets) {
        let user = caller(&instance, &headers, Ways::default()).await?.user();
        if user.is_none() && instance.deviates(Deviation::AppWantsLogin) {
            return Err(Refusal::unauthorized());
        }
        if let Some(user) = user.filter(|_| instance.deviates(Deviation::AppGreets)) {
            title = user.name;
        }
    }
    let generic = instance.providers.iter().find(|provider| provider.id == "generic");
    Ok(answer(&App {
        message: "OK",
        status: 200,
        disable_continue: false,
        title,
        generic_name: generic.map_or("Generic", |generic| &generic.name),
        domain: (!instance.deviates(Deviation::AppWithoutDomain)).then_some(&instance.app_url.domain),
        forgot_password_message: "You can reset your password by changing the `USERS` environment variable.",
        oauth_auto_redirect: "none",
    }))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct App<'a> {
    message: &'static str,
    status: u16,
    disable_continue: bool,
    title: String,
    generic_name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    domain: Option<&'a String>,
    forgot_password_message: &'static str,
    oauth_auto_redirect: &'static str,
}
