//! What is wrong with a request, in the form that Umami 3 tells it in.

use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// What is wrong with a value: itself, and its members.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct Faults {
    errors: Vec<String>,
    #[serde(rename = "properties", skip_serializing_if = "BTreeMap::is_empty")]
    members: BTreeMap<&'static str, Faults>,
    /// Of an array: `None` for each item that is good, up to the last that is not.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    items: Vec<Option<Faults>>,
}

impl Faults {
    pub(super) fn of(error: impl Into<String>) -> Self {
        Self { errors: vec![error.into()], ..Self::default() }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.errors.is_empty() && self.members.is_empty() && self.items.is_empty()
    }

    /// Another fault of the value itself.
    pub(super) fn push(&mut self, error: impl Into<String>) {
        self.errors.push(error.into());
    }

    /// What a member holds, or `None`, and its fault is kept.
    pub(super) fn check<T>(&mut self, member: &'static str, read: Result<T, String>) -> Option<T> {
        read.map_err(|error| self.put(member, Self::of(error))).ok()
    }

    /// All that is wrong with a member, if anything is.
    pub(super) fn put(&mut self, member: &'static str, faults: Self) {
        if !faults.is_empty() {
            self.members.insert(member, faults);
        }
    }

    /// A fault of an array's item; the items come in their order.
    pub(super) fn put_item(&mut self, index: usize, error: String) {
        self.items.resize(index, None);
        self.items.push(Some(Self::of(error)));
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
