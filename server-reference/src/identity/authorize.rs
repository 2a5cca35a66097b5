//! GET /authorize: the authorization endpoint (RFC 6749 §4.1.1, OpenID Connect Core §3.1.2).

use super::instance::{Challenge, ChallengeMethod, Grant, Instance};
use super::seed::{Client, Person};
use super::token::Fault;
use crate::query::parameter;
use crate::random;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::sync::Arc;
use url::{Host, Url};

pub(super) async fn authorize(State(instance): State<Arc<Instance>>, RawQuery(query): RawQuery) -> Response {
    let query = query.unwrap_or_default();
    // Who cannot be trusted to be sent back to is told here (RFC 6749 §4.1.2.1).
    let Some(client) = parameter(&query, "client_id").and_then(|id| instance.client(&id)) else {
        return Fault::InvalidRequest("there is no such client").into_response();
    };
    let redirect_uri = parameter(&query, "redirect_uri").filter(|uri| may_return_to(client, uri));
    let Some((redirect_uri, mut target)) = redirect_uri.and_then(|uri| Url::parse(&uri).ok().map(|url| (uri, url)))
    else {
        return Fault::InvalidRequest("the client may not be returned to there").into_response();
    };
    let answer = match approve(&instance, client, redirect_uri, &query) {
        Ok(code) => ("code", code),
        Err(error) => ("error", error.to_owned()),
    };
    target.query_pairs_mut().append_pair(answer.0, &answer.1);
    if let Some(state) = parameter(&query, "state") {
        target.query_pairs_mut().append_pair("state", &state);
    }
    let mut answer = (StatusCode::FOUND, [(header::CACHE_CONTROL, "no-store")]).into_response();
    if let Ok(location) = HeaderValue::try_from(String::from(target)) {
        answer.headers_mut().insert(header::LOCATION, location);
    }
    answer
}

/// A code for the client, or the word for why there is none.
fn approve(instance: &Instance, client: &Client, redirect_uri: String, query: &str) -> Result<String, &'static str> {
    if parameter(query, "response_type").as_deref() != Some("code") {
        return Err("unsupported_response_type");
    }
    let challenge = match (parameter(query, "code_challenge"), parameter(query, "code_challenge_method").as_deref()) {
        (None, _) => None,
        (Some(text), Some("S256")) => Some(Challenge { method: ChallengeMethod::S256, text }),
        (Some(text), Some("plain") | None) => Some(Challenge { method: ChallengeMethod::Plain, text }),
        (Some(_), Some(_)) => return Err("invalid_request"),
    };
    let person = match parameter(query, "login_hint") {
        Some(hint) => instance.seed.people.iter().find(|person| is_meant(person, &hint)).ok_or("access_denied")?,
        None => &instance.seed.people[0],
    };
    let grant = Grant {
        client: client.id.clone(),
        redirect_uri,
        challenge,
        nonce: parameter(query, "nonce"),
        scope: parameter(query, "scope").unwrap_or_default(),
        subject: person.subject.clone(),
    };
    let code = random::text().map_err(|_| "server_error")?;
    instance.grants.alive(instance.clock.now()).insert(code.clone(), grant, Instance::CODE_LIFETIME);
    Ok(code)
}

fn is_meant(person: &Person, hint: &str) -> bool {
    person.subject == hint || person.email.eq_ignore_ascii_case(hint)
}

/// Whether a client may have people sent there: where it said so before, or on this machine, at any port
/// (RFC 8252 §7.3).
fn may_return_to(client: &Client, uri: &str) -> bool {
    let is_loopback = |url: Url| {
        let host = match url.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        };
        host && url.scheme() == "http" && url.username().is_empty() && url.password().is_none()
    };
    let is_registered = client.redirect_uris.iter().any(|registered| registered == uri);
    is_registered || Url::parse(uri).is_ok_and(is_loopback)
}
