//! Cross-origin requests (Fetch Standard, CORS protocol), and the ways in which servers depart in them.

use super::Deviation;
use super::error::Refusal;
use super::instance::Instance;
use super::rate_limit;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use probity_fixtures::uptinio::operation;
use std::sync::Arc;
use std::time::Duration;
use tower_http::cors::{AllowHeaders, AllowMethods, AllowOrigin, Any, CorsLayer};

/// What all answers tell browsers.
pub(super) fn layer(instance: &Instance) -> CorsLayer {
    let mut headers = vec![header::AUTHORIZATION, header::CONTENT_TYPE, header::ACCEPT];
    headers.retain(|name| match *name {
        header::CONTENT_TYPE => !instance.deviates(Deviation::PreflightWithoutContentType),
        header::ACCEPT => !instance.deviates(Deviation::PreflightWithoutAccept),
        _ => true,
    });
    let with_credentials = instance.deviates(Deviation::CorsWithCredentials);
    // Browsers do not take the star for an answer together with credentials.
    let headers = match instance.deviates(Deviation::PreflightAllowsHeadersByStar) && !with_credentials {
        true => Any.into(),
        false => AllowHeaders::list(headers),
    };
    let mut methods = vec![Method::GET, Method::POST, Method::DELETE];
    methods.retain(|method| *method != Method::DELETE || !instance.deviates(Deviation::PreflightWithoutDelete));
    let echoes = with_credentials || instance.deviates(Deviation::CorsWithoutVary);
    let origin = if echoes {
        AllowOrigin::mirror_request()
    } else if instance.deviates(Deviation::CorsOfOneOrigin) {
        AllowOrigin::exact(HeaderValue::from_static("https://app.uptinio.com"))
    } else {
        Any.into()
    };
    CorsLayer::new()
        .allow_origin(origin)
        .allow_methods(AllowMethods::list(methods))
        .allow_headers(headers)
        .allow_credentials(with_credentials)
        .expose_headers([rate_limit::LIMIT, rate_limit::REMAINING, rate_limit::RESET, header::RETRY_AFTER])
        .max_age(Duration::from_secs(24 * 60 * 60))
}

/// The answers, with less than they should tell where the server departs so.
pub(super) async fn departing(State(instance): State<Arc<Instance>>, request: Request, next: Next) -> Response {
    let is_preflight = request.method() == Method::OPTIONS;
    let is_for_projects = is_for_projects(request.uri().path());
    if is_preflight && instance.deviates(Deviation::NoCors) {
        return Refusal::method_not_allowed().into_response();
    }
    let has_token = request.headers().contains_key(header::AUTHORIZATION);
    if is_preflight && !has_token && instance.deviates(Deviation::PreflightWantsToken) {
        return Refusal::error(StatusCode::UNAUTHORIZED, "Unauthorized").into_response();
    }
    let mut response = next.run(request).await;
    let status = response.status();
    let is_silent = instance.deviates(Deviation::NoCors)
        || !status.is_success() && instance.deviates(Deviation::CorsOnSuccessOnly)
        || is_for_projects && !is_preflight && instance.deviates(Deviation::CorsWithoutProjects);
    let headers = response.headers_mut();
    if is_silent {
        forget(headers);
    }
    if is_preflight && instance.deviates(Deviation::PreflightWithoutOrigin) {
        headers.remove(header::ACCESS_CONTROL_ALLOW_ORIGIN);
    }
    if instance.deviates(Deviation::CorsWithoutVary) {
        headers.remove(header::VARY);
    }
    response
}

fn forget(headers: &mut HeaderMap) {
    for name in [
        header::ACCESS_CONTROL_ALLOW_ORIGIN,
        header::ACCESS_CONTROL_ALLOW_HEADERS,
        header::ACCESS_CONTROL_ALLOW_METHODS,
        header::ACCESS_CONTROL_EXPOSE_HEADERS,
        header::ACCESS_CONTROL_MAX_AGE,
        header::VARY,
    ] {
        headers.remove(name);
    }
}

fn is_for_projects(path: &str) -> bool {
    let for_projects = [
        operation::NETWORK_MONITORS,
        operation::INCIDENTS,
        operation::SUBMIT_SERVER_METRICS,
        operation::SERVERS,
        operation::ANALYSIS,
        operation::INTEGRATIONS,
        operation::USAGE,
        operation::GENERAL_STATUS,
    ];
    for_projects.into_iter().any(|operation| operation.path == path)
}
