//! GET /api/user

use super::caller::{Caller, Identity, Ways, by_password, caller};
use super::error::Refusal;
use super::instance::Instance;
use super::{Deviation, reads, told};
use crate::answer::{answer, labelled};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::MethodRouter;
use probity_fixtures::tinyauth::operation;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::Ordering;

pub(super) fn route(instance: &Instance) -> MethodRouter<Arc<Instance>> {
    reads(instance, operation::USER, user)
}

async fn user(State(instance): State<Arc<Instance>>, headers: HeaderMap) -> Result<Response, Refusal> {
    let ways = Ways {
        cookies_alone: instance.deviates(Deviation::BasicIgnoredAtUser),
        basic_for_totp_accounts: instance.deviates(Deviation::BasicForTotpAccountsAtUser),
        pending_counts: instance.deviates(Deviation::PendingCountsAtUser),
        unreadable_is_the_first: false,
    };
    let caller = caller(&instance, &headers, ways).await?;
    let is_pending = matches!(caller, Caller::Pending);
    let user = match caller.user() {
        None if instance.deviates(Deviation::EverybodyIsLoggedIn) => {
            Some(by_password(&instance, instance.first_account()))
        }
        Some(user) if instance.deviates(Deviation::UserNamesAnother) => {
            let another = instance.accounts.iter().find(|account| account.name != user.username);
            Some(another.map_or(user, |another| by_password(&instance, another)))
        }
        user => user,
    };
    match user {
        Some(user) => {
            let body = logged_in(&instance, &user);
            Ok(labelled(answer(&body), instance.deviates(Deviation::UserLabelledAsText), "text/plain"))
        }
        None => Err(Refusal::unauthorized().saying(logged_out(&instance, is_pending))),
    }
}

fn logged_in(instance: &Instance, user: &Identity) -> Value {
    let message = if instance.deviates(Deviation::UserSaysAuthenticated) {
        "Authenticated"
    } else if instance.deviates(Deviation::UserSaysSuccess) {
        "Success"
    } else {
        "OK"
    };
    let is_first = instance.users_told.fetch_add(1, Ordering::Relaxed) == 0;
    let email = Some(&user.email).filter(|_| is_first || !instance.deviates(Deviation::LaterUsersWithoutEmail));
    let is_logged_in = if instance.deviates(Deviation::LoggedInIsText) { json!("true") } else { json!(true) };
    json!({
        "message": message,
        "status": 200,
        "isLoggedIn": is_logged_in,
        "username": user.username,
        "name": user.name,
        "email": email,
        "provider": user.provider,
        "oauth": user.oauth && !instance.deviates(Deviation::OauthUntold),
        "totpPending": told(instance, instance.deviates(Deviation::UserSaysPending)),
    })
}

/// The same members, of nobody.
fn logged_out(instance: &Instance, is_pending: bool) -> Value {
    json!({
        "message": "Unauthorized",
        "status": 401,
        "isLoggedIn": false,
        "username": "",
        "name": "",
        "email": "",
        "provider": "",
        "oauth": false,
        "totpPending": told(instance, is_pending),
    })
}
