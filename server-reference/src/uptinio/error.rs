//! Refusals, each in the form that the document has for the endpoint. It has six of them.

use super::faults::Fault;
use crate::body::BodyFault;
use axum::Json;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use std::fmt::Display;

/// An answer that says no. It may hold a token (a deviation puts one there), so it has no `Debug`.
pub(super) struct Refusal {
    status: StatusCode,
    body: Value,
    headers: Vec<(HeaderName, HeaderValue)>,
}

/// Which form an endpoint has for what the document does not show of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// `{"errors": ["…"]}`: what is for everybody, and for users.
    Errors,
    /// `{"success": false, "error": "…", "message": "…"}`: the verification of e-mail addresses.
    Unsuccessful,
    /// `{"error": "…"}`: what is for projects.
    Error,
}

impl Refusal {
    pub(super) fn new(status: StatusCode, body: Value) -> Self {
        Self { status, body, headers: Vec::new() }
    }

    /// In a form that has one sentence; `code` is the word for it where the form has one.
    pub(super) fn of(form: Form, status: StatusCode, code: &str, message: &str) -> Self {
        let body = match form {
            Form::Errors => json!({"errors": [message]}),
            Form::Unsuccessful => json!({"success": false, "error": code, "message": message}),
            Form::Error => json!({"error": message}),
        };
        Self::new(status, body)
    }

    /// `{"errors": […]}`
    pub(super) fn errors(status: StatusCode, errors: &[&str]) -> Self {
        Self::new(status, json!({ "errors": errors }))
    }

    /// 422: all that is wrong with what was sent.
    pub(super) fn invalid(faults: Vec<Fault>) -> Self {
        let errors: Vec<_> = faults.into_iter().map(|fault| fault.message).collect();
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, json!({ "errors": errors }))
    }

    /// 401: no user.
    pub(super) fn no_user(error: &str) -> Self {
        Self::errors(StatusCode::UNAUTHORIZED, &[error])
    }

    /// 401: no project's token.
    pub(super) fn no_project() -> Self {
        Self::error(StatusCode::UNAUTHORIZED, "Unauthorized")
    }

    /// `{"error": "…"}`
    pub(super) fn error(status: StatusCode, error: &str) -> Self {
        Self::of(Form::Error, status, "", error)
    }

    /// 429: there were too many requests, for so many seconds more.
    pub(super) fn rate_limited(seconds: u64) -> Self {
        let body = json!({"error": {"code": "rate_limit_exceeded", "message": "Too many requests"}});
        Self::new(StatusCode::TOO_MANY_REQUESTS, body).with(header::RETRY_AFTER, seconds.into())
    }

    /// 404: no such path.
    pub(super) fn not_found() -> Self {
        Self::error(StatusCode::NOT_FOUND, "Not found")
    }

    /// 405: the path has no such method.
    pub(super) fn method_not_allowed() -> Self {
        Self::error(StatusCode::METHOD_NOT_ALLOWED, "Method not allowed")
    }

    /// 500, of which only the log tells more.
    pub(super) fn failed(form: Form, what: &str, error: impl Display) -> Self {
        tracing::error!(%error, "{what}");
        Self::of(form, StatusCode::INTERNAL_SERVER_ERROR, "server_error", "Internal server error")
    }

    /// The body could not be had.
    pub(super) fn of_body(form: Form, fault: BodyFault) -> Self {
        let (status, code, message) = match fault {
            BodyFault::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "content_too_large", "The body is too large"),
            BodyFault::TooSlow => (StatusCode::REQUEST_TIMEOUT, "request_timeout", "The body did not come in time"),
            BodyFault::Broken => (StatusCode::BAD_REQUEST, "bad_request", "The body broke off"),
        };
        Self::of(form, status, code, message)
    }

    /// The same refusal with a further header.
    pub(super) fn with(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(self.body)).into_response();
        let headers = response.headers_mut();
        for (name, value) in self.headers {
            headers.insert(name, value);
        }
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
