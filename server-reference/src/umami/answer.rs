//! Answers that say yes.

use super::Deviation;
use super::instance::Instance;
use axum::Json;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

/// 200 with a JSON body.
pub(super) fn answer(body: &impl Serialize) -> Response {
    ([(header::CACHE_CONTROL, "no-store")], Json(body)).into_response()
}

/// An answer, under another label where the server departs in that.
pub(super) fn labelled(
    instance: &Instance,
    mut response: Response,
    mislabelled: Deviation,
    label: &'static str,
) -> Response {
    if instance.deviates(mislabelled) {
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(label));
    }
    response
}
