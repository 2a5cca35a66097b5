//! GET /api/auth/{proxy}

use super::app_url::http;
use super::caller::{Identity, Ways, caller};
use super::error::Refusal;
use super::instance::Instance;
use super::mode::Mode;
use super::{Deviation, authorization};
use crate::answer::answer;
use crate::query::encoded;
use crate::routing::method;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{MethodRouter, any, on};
use probity_fixtures::tinyauth::operation;
use serde_json::json;
use std::sync::Arc;

const REMOTE_USER: HeaderName = HeaderName::from_static("remote-user");
const REMOTE_NAME: HeaderName = HeaderName::from_static("remote-name");
const REMOTE_EMAIL: HeaderName = HeaderName::from_static("remote-email");
const REMOTE_GROUPS: HeaderName = HeaderName::from_static("remote-groups");

pub(super) fn route(instance: &Instance) -> MethodRouter<Arc<Instance>> {
    match instance.deviates(Deviation::AuthByAnyMethod) {
        true => any(auth),
        false => on(method(operation::AUTH), auth),
    }
}

async fn auth(
    State(instance): State<Arc<Instance>>,
    proxy: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let Path(proxy) = proxy.map_err(|_| Refusal::not_found())?;
    let proxy = Proxy::named(&instance, &proxy).ok_or_else(Refusal::not_found)?;
    let ignores_basic = instance.deviates(Deviation::BasicRefused)
        || proxy == Proxy::Nginx && instance.deviates(Deviation::BasicIgnoredForNginx);
    let ways = Ways {
        cookies_alone: ignores_basic,
        basic_for_totp_accounts: instance.deviates(Deviation::BasicForTotpAccounts),
        pending_counts: instance.deviates(Deviation::PendingCountsAtAuth),
        unreadable_is_the_first: instance.deviates(Deviation::WrongSessionIsLetIn),
    };
    match caller(&instance, &headers, ways).await?.user() {
        Some(identity) => Ok(let_in(&instance, &headers, &identity)),
        None => Ok(keep_out(&instance, &headers, proxy)),
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Proxy {
    Traefik,
    Nginx,
    Caddy,
}

impl Proxy {
    fn named(instance: &Instance, name: &str) -> Option<Self> {
        match name {
            "traefik" => Some(Proxy::Traefik),
            "nginx" => Some(Proxy::Nginx),
            "caddy" if !instance.deviates(Deviation::CaddyUnknown) => Some(Proxy::Caddy),
            _ => None,
        }
    }
}

/// The proxy is told who the user is, in headers that it copies into the request for the app.
fn let_in(instance: &Instance, headers: &HeaderMap, identity: &Identity) -> Response {
    let mut answer = answer(&json!({"status": 200, "message": "Authenticated"}));
    let told = [
        (REMOTE_USER, identity.username.clone()),
        (REMOTE_NAME, identity.name.clone()),
        (REMOTE_EMAIL, identity.email.clone()),
        (REMOTE_GROUPS, identity.groups.join(",")),
    ];
    for (name, value) in told {
        // They were looked at when they became an identity: all can stand there.
        if let Some(value) = HeaderValue::try_from(value).ok().filter(|value| !value.is_empty()) {
            answer.headers_mut().insert(name, value);
        }
    }
    if instance.deviates(Deviation::RemoteUserOfTheRequest)
        && let Some(name) = headers.get(REMOTE_USER)
    {
        answer.headers_mut().insert(REMOTE_USER, name.clone());
    }
    answer
}

fn keep_out(instance: &Instance, headers: &HeaderMap, proxy: Proxy) -> Response {
    // nginx's auth_request takes a redirect for a failure of the server.
    let may_redirect = proxy != Proxy::Nginx
        && !instance.deviates(Deviation::ApiModeAlways)
        && !(proxy == Proxy::Caddy && instance.deviates(Deviation::CaddyRefusesBrowsers));
    let is_browser = may_redirect && Mode::of_forwarded(instance, headers) == Mode::Browser;
    let mut answer = match is_browser || instance.deviates(Deviation::ApiModeNever) {
        true => send_to_login(instance, headers),
        false => refuse(instance),
    };
    if instance.deviates(Deviation::RefusalNamesUser)
        && let Some(name) = authorization::name(instance, headers).and_then(|name| HeaderValue::try_from(name).ok())
    {
        answer.headers_mut().insert(REMOTE_USER, name);
    }
    answer
}

fn refuse(instance: &Instance) -> Response {
    if instance.deviates(Deviation::RefusalInHtml) {
        return (StatusCode::UNAUTHORIZED, Html("<h1>Unauthorized</h1>")).into_response();
    }
    if instance.deviates(Deviation::RefusalIs403) {
        return Refusal::new(StatusCode::FORBIDDEN, "Forbidden").into_response();
    }
    let refusal = Refusal::unauthorized();
    let refusal = if instance.deviates(Deviation::RefusalWithoutMessage) {
        refusal.saying(json!({"status": 401}))
    } else if instance.deviates(Deviation::RefusalOfAnotherShape) {
        refusal.saying(json!({"error": {"code": "unauthorized", "message": "Unauthorized"}}))
    } else if instance.deviates(Deviation::RefusalSaysLogIn) {
        refusal.saying(json!({"status": 401, "message": "Please log in"}))
    } else if instance.deviates(Deviation::RefusalIs200) {
        refusal.told_as_success()
    } else {
        refusal
    };
    refusal.into_response()
}

fn send_to_login(instance: &Instance, headers: &HeaderMap) -> Response {
    let status = match instance.deviates(Deviation::TraefikRedirects307) {
        true => StatusCode::TEMPORARY_REDIRECT,
        false => StatusCode::FOUND,
    };
    let mut location = format!("{}/login", instance.app_url.as_str()).into_bytes();
    if let Some(mut address) = forwarded_address(headers) {
        if instance.deviates(Deviation::RedirectDropsQuery) {
            address.truncate(address.iter().position(|byte| *byte == b'?').unwrap_or(address.len()));
        }
        location.extend(b"?redirect_uri=");
        match instance.deviates(Deviation::RedirectUnencoded) {
            true => location.extend(address),
            false => location.extend(encoded(&address).bytes()),
        }
    }
    let mut answer = (status, [(header::CACHE_CONTROL, "no-store")]).into_response();
    if !instance.deviates(Deviation::RedirectWithoutLocation)
        && let Ok(location) = HeaderValue::from_bytes(&location)
    {
        answer.headers_mut().insert(header::LOCATION, location);
    }
    answer
}

/// The address that the proxy was asked for, byte by byte, if it told one that a browser could be sent back to.
fn forwarded_address(headers: &HeaderMap) -> Option<Vec<u8>> {
    let told = |name| headers.get(name).map(HeaderValue::as_bytes);
    let (proto, host) = (told("x-forwarded-proto")?, told("x-forwarded-host")?);
    let uri = told("x-forwarded-uri").filter(|uri| uri.starts_with(b"/"))?;
    Authority::try_from(host).ok()?;
    let address = [proto, b"://", host, uri].concat();
    http(&String::from_utf8_lossy(&address)).map(|_| address)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(proto: &str, host: &str, uri: &str) -> Option<String> {
        let fields = [("x-forwarded-proto", proto), ("x-forwarded-host", host), ("x-forwarded-uri", uri)];
        let fields = fields.into_iter().filter(|(_, value)| !value.is_empty());
        let fields =
            fields.map(|(name, value)| (HeaderName::from_static(name), HeaderValue::try_from(value).expect(value)));
        forwarded_address(&fields.collect()).map(|address| String::from_utf8(address).expect("text"))
    }

    #[test]
    fn an_address_comes_as_it_was_asked_for() {
        for (proto, host, uri) in
            [("https", "app.test", "/a/b?x=1&y=%20"), ("http", "[::1]:8080", "/"), ("https", "app.test", "/café?q=ß")]
        {
            assert_eq!(told(proto, host, uri), Some(format!("{proto}://{host}{uri}")));
        }
    }

    #[test]
    fn what_is_no_address_is_none() {
        let none = [
            ("", "app.test", "/"),
            ("https", "", "/"),
            ("https", "app.test", ""),
            ("ftp", "app.test", "/"),
            ("javascript", "app.test", "/"),
            ("https", "user@app.test", "/"),
            ("https", "app.test/x", "/"),
            ("https", "app.test:port", "/"),
            ("https", "a b", "/"),
            ("https", "app.test", "no-slash"),
            ("https", "app.test", "@evil.test/"),
        ];
        for (proto, host, uri) in none {
            assert_eq!(told(proto, host, uri), None, "{proto} {host} {uri}");
        }
    }
}
