//! The JSON object that a login or a code comes in.

use super::Deviation;
use super::error::Refusal;
use super::instance::Instance;
use crate::body;
use axum::body::Body;
use serde_json::{Map, Value};

/// Reads it. Where it is malformed, a server may depart by failing.
pub(super) async fn object(instance: &Instance, body: Body, crashes: Deviation) -> Result<Map<String, Value>, Refusal> {
    let body = body::read(body, &instance.limits).await?;
    let body = match instance.deviates(Deviation::JunkAfterJsonAccepted) {
        true => serde_json::Deserializer::from_slice(&body).into_iter().next().and_then(Result::ok),
        false => body::json(&body),
    };
    match body {
        Some(Value::Object(object)) => Ok(object),
        _ if instance.deviates(crashes) => Err(Refusal::server_error()),
        _ => Err(Refusal::bad_request()),
    }
}

/// A member that should be a text.
pub(super) enum Given<'a> {
    Text(&'a str),
    /// There is none, or it is null.
    Missing,
    Another(&'a Value),
}

impl<'a> Given<'a> {
    pub(super) fn of(member: Option<&'a Value>) -> Self {
        match member {
            Some(Value::String(text)) => Given::Text(text),
            None | Some(Value::Null) => Given::Missing,
            Some(value) => Given::Another(value),
        }
    }
}
