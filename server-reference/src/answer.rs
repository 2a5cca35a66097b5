//! Answers that say yes.

use axum::Json;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

/// 200 with a JSON body, which may hold a secret.
pub(crate) fn answer(body: &impl Serialize) -> Response {
    ([(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))], Json(body)).into_response()
}

/// An answer, under another label if the server departs in that.
pub(crate) fn labelled(mut response: Response, departs: bool, label: &'static str) -> Response {
    if departs {
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(label));
    }
    response
}
