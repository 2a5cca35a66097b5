//! The JSON object that a request brings.

use super::Deviation;
use super::error::{Form, Refusal};
use super::instance::Instance;
use crate::body;
use axum::body::Body;
use axum::http::StatusCode;
use serde_json::{Map, Value};

/// Its members. Without `Debug`, for the passwords' sake.
#[derive(Default)]
pub(super) struct Object(Map<String, Value>);

impl Object {
    /// Reads it; what is no object is refused in the endpoint's form.
    pub(super) async fn read(instance: &Instance, body: Body, form: Form) -> Result<Self, Refusal> {
        let body = body::read(body, &instance.limits).await.map_err(|fault| Refusal::of_body(form, fault))?;
        Self::parse(&body).ok_or_else(|| Self::malformed(instance, form))
    }

    /// Reads it; no body at all is one without members.
    pub(super) async fn read_any(instance: &Instance, body: Body, form: Form) -> Result<Self, Refusal> {
        let body = body::read(body, &instance.limits).await.map_err(|fault| Refusal::of_body(form, fault))?;
        match body.is_empty() {
            true => Ok(Self::default()),
            false => Self::parse(&body).ok_or_else(|| Self::malformed(instance, form)),
        }
    }

    fn parse(body: &[u8]) -> Option<Self> {
        match body::json(body) {
            Some(Value::Object(object)) => Some(Self(object)),
            _ => None,
        }
    }

    fn malformed(instance: &Instance, form: Form) -> Refusal {
        if instance.deviates(Deviation::MalformedBodyCrashes) {
            return Refusal::failed(form, "a body was no JSON object", "by a deviation");
        }
        Refusal::of(form, StatusCode::BAD_REQUEST, "bad_request", "The body has to be a JSON object")
    }

    pub(super) fn member(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// The object that all the rest stands in.
    pub(super) fn within(&self, name: &str, form: Form) -> Result<&Map<String, Value>, Refusal> {
        let missing = || format!("param is missing or the value is empty: {name}");
        let object = self.member(name).and_then(Value::as_object);
        object.ok_or_else(|| Refusal::of(form, StatusCode::BAD_REQUEST, "bad_request", &missing()))
    }

    /// The object that the rest may stand in, or this one.
    pub(super) fn within_or_flat(&self, name: &str) -> &Map<String, Value> {
        self.member(name).and_then(Value::as_object).unwrap_or(&self.0)
    }
}
