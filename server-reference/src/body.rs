//! Request bodies, within bounds.

use crate::Limits;
use axum::body::{Body, HttpBody as _};
use bytes::Bytes;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use serde_json::Value;

/// Why a body could not be had. Each API answers these in its own form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BodyFault {
    /// It is larger than [`Limits::body_size`], or says that it will be.
    TooLarge,
    /// It took longer than [`Limits::body_time`].
    TooSlow,
    /// It broke off, or its chunks are malformed.
    Broken,
}

/// Reads a whole body.
pub(crate) async fn read(body: Body, limits: &Limits) -> Result<Bytes, BodyFault> {
    // A length that is stated and too large is refused before any of it is read.
    if body.size_hint().lower() > limits.body_size as u64 {
        return Err(BodyFault::TooLarge);
    }
    let collected = Limited::new(body, limits.body_size).collect();
    match tokio::time::timeout(limits.body_time, collected).await {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(BodyFault::TooLarge),
        Ok(Err(_)) => Err(BodyFault::Broken),
        Err(_) => Err(BodyFault::TooSlow),
    }
}

/// The JSON that a body is, if it is any. A byte order mark before it is ignored, as RFC 8259 §8.1 permits.
pub(crate) fn json(body: &[u8]) -> Option<Value> {
    serde_json::from_slice(body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body)).ok()
}
