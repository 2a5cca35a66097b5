//! GET /api/oauth/url/{provider}

use super::error::Refusal;
use super::instance::Instance;
use super::provider::Provider;
use super::ticket::Ticket;
use super::{Deviation, REDIRECT, cookies, reads};
use crate::answer::answer;
use crate::pkce;
use crate::query::{encoded, parameter};
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use axum::routing::MethodRouter;
use probity_fixtures::tinyauth::operation;
use serde_json::json;
use std::sync::Arc;

pub(super) fn route(instance: &Instance) -> MethodRouter<Arc<Instance>> {
    reads(instance, operation::OAUTH_URL, oauth_url)
}

async fn oauth_url(
    State(instance): State<Arc<Instance>>,
    provider: Result<Path<String>, PathRejection>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let Path(id) = provider.map_err(|_| Refusal::not_found())?;
    let provider = instance.provider(&id).ok_or_else(Refusal::not_found)?;
    let redirect_uri = parameter(&query.unwrap_or_default(), "redirect_uri");
    if redirect_uri.is_none() && instance.deviates(Deviation::RedirectUriRequired) {
        return Err(Refusal::bad_request());
    }
    let ticket = Ticket::new(&instance, provider)?;
    let mut answer = answer(&json!({"status": 200, "message": "OK", "url": url(&instance, provider, &ticket)}));
    let headers = answer.headers_mut();
    headers.append(header::SET_COOKIE, ticket.cookie(&instance)?);
    if let Some(redirect_uri) = redirect_uri {
        headers.append(header::SET_COOKIE, redirect_cookie(&instance, &redirect_uri)?);
    }
    Ok(answer)
}

/// Where the browser asks the provider for a code (RFC 6749 §4.1.1).
fn url(instance: &Instance, provider: &Provider, ticket: &Ticket) -> String {
    if instance.deviates(Deviation::UrlIsAPath) {
        return format!("/oauth/{}", provider.id);
    }
    let response_type = if instance.deviates(Deviation::UrlAsksForAToken) { "token" } else { "code" };
    let mut url = provider.authorize_url.clone();
    let mut query = url.query_pairs_mut();
    query.append_pair("client_id", &provider.client_id);
    query.append_pair("redirect_uri", &instance.callback_of(provider));
    query.append_pair("response_type", response_type);
    query.append_pair("scope", &provider.scopes.join(" "));
    if !instance.deviates(Deviation::UrlWithoutState) {
        query.append_pair("state", &ticket.state);
    }
    if instance.deviates(Deviation::PkcePlain) {
        query.append_pair("code_challenge", &ticket.verifier).append_pair("code_challenge_method", "plain");
    } else if !instance.deviates(Deviation::UrlWithoutPkce) {
        query.append_pair("code_challenge", &pkce::s256(&ticket.verifier));
        query.append_pair("code_challenge_method", "S256");
    }
    drop(query);
    url.into()
}

/// Keeps where the browser wants to be at last. Whether it may go there is looked at when it comes back.
fn redirect_cookie(instance: &Instance, redirect_uri: &str) -> Result<HeaderValue, Refusal> {
    let mut cookie = cookies::named(&instance.app_url, REDIRECT, encoded(redirect_uri.as_bytes()));
    if instance.deviates(Deviation::RedirectCookieRenamed) {
        cookie.inner_mut().set_name("goto");
    }
    let cookie = cookies::header(cookie.max_age(cookies::max_age(Ticket::LIFETIME)));
    cookie.ok_or_else(|| Refusal::failed("an address could not be kept", "it fits in no header"))
}
