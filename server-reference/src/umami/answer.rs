//! Answers that say yes.

use super::Deviation;
use super::instance::Instance;
use axum::Json;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

/// 200 with a JSON body, under another label where the server departs in that.
pub(super) fn answer(
    instance: &Instance,
    body: &impl Serialize,
    (mislabelled, label): (Deviation, &'static str),
) -> Response {
    let mut response = ([(header::CACHE_CONTROL, "no-store")], Json(body)).into_response();
    if instance.deviates(mislabelled) {
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(label));
    }
    response
}
