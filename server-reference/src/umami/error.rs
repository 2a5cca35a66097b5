//! Errors, in the form that Umami 3 gives them.

use super::faults::Faults;
use crate::body::BodyFault;
use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::{Value, json};
use std::fmt::Display;

/// An answer that says no. Its body may hold a secret (a deviation puts one there), so it has no `Debug`.
pub(super) struct Refusal {
    status: StatusCode,
    body: Value,
}

impl Refusal {
    fn new(status: StatusCode, code: &str, message: &str) -> Self {
        Self { status, body: json!({"error": {"message": message, "code": code, "status": status.as_u16()}}) }
    }

    /// 401: no token that counts.
    pub(super) fn unauthorized() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "unauthorized", "Unauthorized")
    }

    /// 401: no login.
    pub(super) fn incorrect_login() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "incorrect-username-password", "Unauthorized")
    }

    /// 404: the login of nobody.
    pub(super) fn unknown_user() -> Self {
        Self::new(StatusCode::NOT_FOUND, "unknown-user", "There is no user of that name")
    }

    /// 400, with all faults at once.
    pub(super) fn bad_request(faults: &Faults) -> Self {
        #[derive(Serialize)]
        struct Error<'a> {
            message: &'static str,
            code: &'static str,
            status: u16,
            #[serde(flatten)]
            faults: &'a Faults,
        }
        let status = StatusCode::BAD_REQUEST;
        let error = Error { message: "Bad request", code: "bad-request", status: status.as_u16(), faults };
        Self { status, body: json!({ "error": error }) }
    }

    /// 400: an event on no website.
    pub(super) fn website_not_found() -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad-request", "Website not found.")
    }

    /// 403: this user may not do that.
    pub(super) fn forbidden(message: &str) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", message)
    }

    /// 404: no such path.
    pub(super) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-found", "Not found")
    }

    /// 405: the path has no such method.
    pub(super) fn method_not_allowed() -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed", "Method not allowed")
    }

    /// 500, of which only the log tells more.
    pub(super) fn failed(what: &str, error: impl Display) -> Self {
        tracing::error!(%error, "{what}");
        Self::server_error()
    }

    /// 500
    pub(super) fn server_error() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "server-error", "Server error")
    }

    /// The body alone, for an answer that tells of several refusals.
    pub(super) fn into_body(self) -> Value {
        self.body
    }

    /// The same refusal with a further member in its body, as some deviations have it.
    pub(super) fn with(mut self, member: &str, value: &str) -> Self {
        self.body[member] = value.into();
        self
    }
}

impl From<BodyFault> for Refusal {
    fn from(fault: BodyFault) -> Self {
        match fault {
            BodyFault::TooLarge => {
                Self::new(StatusCode::PAYLOAD_TOO_LARGE, "content-too-large", "The body is too large")
            }
            BodyFault::TooSlow => {
                Self::new(StatusCode::REQUEST_TIMEOUT, "request-timeout", "The body did not come in time")
            }
            BodyFault::Broken => Self::bad_request(&Faults::of("The body broke off")),
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(self.body)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        match self.status {
            StatusCode::UNAUTHORIZED => {
                headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            // Nobody waits for the rest of such a body.
            StatusCode::PAYLOAD_TOO_LARGE | StatusCode::REQUEST_TIMEOUT => {
                headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
            }
            _ => {}
        }
        response
    }
}
