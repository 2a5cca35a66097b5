//! GET /api/oauth/callback/{provider}

use super::caller::Identity;
use super::claims::{self, ClaimsFault};
use super::error::Refusal;
use super::instance::Instance;
use super::mode::Mode;
use super::session::{self, Holder};
use super::ticket::Ticket;
use super::{CSRF, Deviation, REDIRECT, cookies, reads};
use crate::answer::answer;
use crate::query::parameter;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::MethodRouter;
use percent_encoding::percent_decode_str;
use probity_fixtures::tinyauth::operation;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use url::Url;

pub(super) fn route(instance: &Instance) -> MethodRouter<Arc<Instance>> {
    reads(instance, operation::OAUTH_CALLBACK, callback)
}

async fn callback(
    State(instance): State<Arc<Instance>>,
    provider: Result<Path<String>, PathRejection>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let mode = mode(&instance, &headers);
    let identity = match provider {
        Ok(Path(id)) => log_in(&instance, &id, &query.unwrap_or_default(), &headers).await,
        Err(_) => Err(Refusal::not_found()),
    };
    let answer = match identity {
        Ok(identity) => succeed(&instance, mode, &headers, identity),
        Err(refusal) => Err(refusal),
    };
    match (answer, mode) {
        (Ok(answer), _) => answer,
        (Err(_), Mode::Browser) => redirect(&format!("{}/error", instance.app_url.as_str())),
        (Err(_), Mode::Api) if instance.deviates(Deviation::CallbackFailureIs200) => {
            Refusal::unauthorized().told_as_success().into_response()
        }
        (Err(refusal), Mode::Api) => refusal.into_response(),
    }
}

fn mode(instance: &Instance, headers: &HeaderMap) -> Mode {
    if instance.deviates(Deviation::CallbackAlwaysRedirects) {
        return Mode::Browser;
    }
    match instance.deviates(Deviation::CallbackAnswersBrowsersInJson) {
        true => Mode::Api,
        false => Mode::of(headers),
    }
}

/// Who logged in at the provider.
async fn log_in(instance: &Instance, id: &str, query: &str, headers: &HeaderMap) -> Result<Identity, Refusal> {
    let provider = instance.provider(id).ok_or_else(Refusal::not_found)?;
    let (code, state) = (parameter(query, "code"), parameter(query, "state"));
    if code.is_none() && !instance.deviates(Deviation::CallbackCodeOptional) {
        return Err(Refusal::bad_request());
    }
    let ticket = Ticket::redeem(instance, headers, provider, state.as_deref()).ok_or_else(Refusal::unauthorized)?;
    let code = match code {
        Some(code) if !instance.deviates(Deviation::CallbackCodeUnchecked) => code,
        _ => {
            let first = Identity::of(instance.first_account(), &provider.id);
            return Ok(Identity { oauth: true, ..first });
        }
    };
    let seen = (code.clone(), state);
    if instance.deviates(Deviation::CallbackCountsTwice)
        && let Some(identity) = instance.callbacks.alive(instance.clock.now()).get(&seen)
    {
        return Ok(identity.clone());
    }
    let verifier = (!instance.deviates(Deviation::UrlWithoutPkce)).then_some(ticket.verifier.as_str());
    let identity = claims::redeem(provider, &code, verifier, &instance.callback_of(provider)).await;
    let identity = identity.map_err(|fault| match fault {
        ClaimsFault::Refused => Refusal::unauthorized(),
        ClaimsFault::Unreachable(error) => {
            tracing::warn!(provider = provider.id, %error, "a provider does not answer");
            Refusal::new(StatusCode::BAD_GATEWAY, "Bad Gateway")
        }
    })?;
    if instance.deviates(Deviation::CallbackCountsTwice) {
        instance.callbacks.alive(instance.clock.now()).insert(seen, identity.clone(), Ticket::LIFETIME);
    }
    Ok(identity)
}

fn succeed(instance: &Instance, mode: Mode, headers: &HeaderMap, identity: Identity) -> Result<Response, Refusal> {
    let mut answer = match mode {
        Mode::Api => answer(&json!({"status": 200, "message": "Logged in"})),
        Mode::Browser => redirect(&destination(instance, headers)),
    };
    let mut set = |cookie| answer.headers_mut().append(header::SET_COOKIE, cookie);
    if !instance.deviates(Deviation::CallbackSetsNoSession) {
        set(session::begin(instance, headers, Holder::User(identity))?);
    }
    for word in [CSRF, REDIRECT] {
        let forgotten =
            cookies::named(&instance.app_url, word, String::new()).max_age(cookies::max_age(Duration::ZERO));
        if let Some(forgotten) = cookies::header(forgotten) {
            set(forgotten);
        }
    }
    Ok(answer)
}

/// Where a browser wanted to be, if that is of the own domain; or else the login screen.
fn destination(instance: &Instance, headers: &HeaderMap) -> String {
    let wanted = wanted(instance, headers).filter(|_| !instance.deviates(Deviation::CallbackForgetsTheAddress));
    wanted.unwrap_or_else(|| match instance.deviates(Deviation::CallbackGoesHome) {
        true => instance.app_url.as_str().to_owned(),
        false => format!("{}/login", instance.app_url.as_str()),
    })
}

fn wanted(instance: &Instance, headers: &HeaderMap) -> Option<String> {
    let name = match instance.deviates(Deviation::RedirectCookieRenamed) {
        true => "goto".to_owned(),
        false => cookies::name(&instance.app_url, REDIRECT),
    };
    let cookie = cookies::read(headers, &name)?;
    let address = percent_decode_str(&cookie).decode_utf8().ok()?.into_owned();
    if let Some(url) = instance.app_url.own(&address) {
        return Some(url.into());
    }
    let ends_alike = || {
        let host = Url::parse(&address).ok().and_then(|url| url.host_str().map(str::to_owned));
        host.is_some_and(|host| host.ends_with(&instance.app_url.domain))
    };
    let passes = instance.deviates(Deviation::OpenRedirect)
        || instance.deviates(Deviation::OpenRedirectBySuffix) && ends_alike()
        || instance.deviates(Deviation::OpenRedirectByPrefix) && address.starts_with(instance.app_url.as_str());
    passes.then_some(address)
}

fn redirect(location: &str) -> Response {
    let mut answer = (StatusCode::FOUND, [(header::CACHE_CONTROL, "no-store")]).into_response();
    if let Ok(location) = HeaderValue::try_from(location) {
        answer.headers_mut().insert(header::LOCATION, location);
    }
    answer
}
