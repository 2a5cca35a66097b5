//! Refusals, in the form that the document shows one in: `{"status": 401, "message": "Unauthorized"}`.

use super::attempts::HeldOff;
use crate::body::BodyFault;
use crate::clock::whole_seconds;
use axum::Json;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use std::fmt::Display;

/// What a 401 tells of how to be let in.
const CHALLENGE: HeaderValue = HeaderValue::from_static(r#"Basic realm="Tinyauth", charset="UTF-8""#);

/// An answer that says no. It may carry a cookie (some deviations set one), so it has no `Debug`.
pub(super) struct Refusal {
    status: StatusCode,
    body: Value,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl Refusal {
    pub(super) fn new(status: StatusCode, message: &str) -> Self {
        Self { status, body: json!({"status": status.as_u16(), "message": message}), headers: Vec::new() }
    }

    /// 400: not what the operation takes.
    pub(super) fn bad_request() -> Self {
        Self::new(StatusCode::BAD_REQUEST, "Bad Request")
    }

    /// 401: nobody who is known.
    pub(super) fn unauthorized() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "Unauthorized")
    }

    /// 404: no such path, proxy or provider.
    pub(super) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "Not Found")
    }

    /// 405: the path has no such method.
    pub(super) fn method_not_allowed() -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed")
    }

    /// 429: too many failures. `what` is what failed.
    pub(super) fn held_off(what: &str, HeldOff(wait): HeldOff) -> Self {
        let seconds = whole_seconds(wait);
        let message = format!("Too many failed {what} attempts. Try again in {seconds} seconds");
        Self::new(StatusCode::TOO_MANY_REQUESTS, &message).with(header::RETRY_AFTER, seconds.into())
    }

    /// 500, of which only the log tells more.
    pub(super) fn failed(what: &str, error: impl Display) -> Self {
        tracing::error!(%error, "{what}");
        Self::server_error()
    }

    /// 500
    pub(super) fn server_error() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error")
    }

    /// The same refusal with a further header.
    pub(super) fn with(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// The same refusal with another body.
    pub(super) fn saying(mut self, body: Value) -> Self {
        self.body = body;
        self
    }

    /// The same body under the status of a success, as some deviations have it.
    pub(super) fn told_as_success(mut self) -> Self {
        self.status = StatusCode::OK;
        self
    }
}

impl From<BodyFault> for Refusal {
    fn from(fault: BodyFault) -> Self {
        match fault {
            BodyFault::TooLarge => Self::new(StatusCode::PAYLOAD_TOO_LARGE, "Content Too Large"),
            BodyFault::TooSlow => Self::new(StatusCode::REQUEST_TIMEOUT, "Request Timeout"),
            BodyFault::Broken => Self::bad_request(),
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(self.body)).into_response();
        let headers = response.headers_mut();
        headers.extend(self.headers);
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        match self.status {
            StatusCode::UNAUTHORIZED => {
                headers.insert(header::WWW_AUTHENTICATE, CHALLENGE);
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
