//! Answers, and parts of answers, whose shape is not known.

use std::fmt;

use serde::Deserialize;
use serde_json::Value;

use crate::error::outline;

/// JSON as it came: no document gives its shape. `Debug` tells what kind of JSON it is and nothing of what is in it, which
/// may be a secret.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Json(Value);

impl Json {
    pub(super) fn new(value: impl Into<Value>) -> Self {
        Self(value.into())
    }

    /// To look at.
    pub fn value(&self) -> &Value {
        &self.0
    }

    /// To keep.
    pub fn into_value(self) -> Value {
        self.0
    }
}

impl From<Json> for Value {
    fn from(json: Json) -> Value {
        json.0
    }
}

impl fmt::Debug for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Json({})", outline(&self.0))
    }
}
