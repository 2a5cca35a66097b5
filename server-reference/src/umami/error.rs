//! Errors, in the form that Umami 3 gives them.

use crate::body::BodyFault;
use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
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

/// What is wrong with a value: itself, and its members.
#[derive(Debug, Default, Serialize)]
pub(super) struct Faults {
    errors: Vec<String>,
    #[serde(rename = "properties", skip_serializing_if = "BTreeMap::is_empty")]
    members: BTreeMap<&'static str, Faults>,
}

impl Faults {
    pub(super) fn of(error: impl Into<String>) -> Self {
        Self { errors: vec![error.into()], ..Self::default() }
    }

    /// What a member holds, or `None`, and its fault is kept.
    pub(super) fn check<T>(&mut self, member: &'static str, read: Result<T, String>) -> Option<T> {
        read.map_err(|error| self.members.insert(member, Self::of(error))).ok()
    }
}

/// The words that Umami has for a value of the wrong type.
pub(super) fn wrong_type(expected: &str, received: Option<&Value>) -> String {
    let received = match received {
        None => "undefined",
        Some(Value::Null) => "null",
        Some(Value::Bool(_)) => "boolean",
        Some(Value::Number(_)) => "number",
        Some(Value::String(_)) => "string",
        Some(Value::Array(_)) => "array",
        Some(Value::Object(_)) => "object",
    };
    format!("Invalid input: expected {expected}, received {received}")
}
