//! What an answer says of itself, beside its status.

use bytes::Bytes;
use serde_json::{Map, Value};

/// What the member of this name says: `valid` or `success`, as a boolean or its text.
pub(super) fn told(response: &http::Response<Bytes>, member: &str) -> Option<bool> {
    let body: Map<String, Value> = serde_json::from_slice(response.body()).ok()?;
    let outcome = body.get(member)?;
    outcome.as_bool().or_else(|| outcome.as_str()?.parse().ok())
}
