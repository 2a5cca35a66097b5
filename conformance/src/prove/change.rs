//! One thing done to a response, between the wire and the case.

use crate::exchange::Response;
use http::{HeaderName, HeaderValue, StatusCode};
use serde_json::Value;
use std::fmt;

/// What is done to a response.
pub(super) enum Change {
    /// It has this status.
    Status(u16),
    /// It has no such header.
    NoHeader(HeaderName),
    /// It has this header in place of any of that name.
    Header(HeaderName, HeaderValue),
    /// Its body is a text that is no JSON.
    NoJson,
    /// There is nothing at a place of its body.
    Gone(Place),
    /// There is this value at a place of its body.
    Value(Place, Value),
}

impl Change {
    /// The response with the change; none when it would be the same, or still be what the schema allows.
    pub(super) fn of(&self, response: &Response, schema: &Value) -> Option<Response> {
        let mut changed = response.clone();
        match self {
            Change::Status(status) => changed.status = StatusCode::from_u16(*status).ok()?,
            Change::NoHeader(name) => drop(changed.headers.remove(name)?),
            Change::Header(name, value) => drop(changed.headers.insert(name.clone(), value.clone())),
            Change::NoJson => changed = with_body(response, "this is not JSON".to_owned()),
            Change::Gone(place) => changed = with_change(response, schema, |body| place.change(body, None))?,
            Change::Value(place, value) => {
                changed = with_change(response, schema, |body| place.change(body, Some(value)))?;
            }
        }
        Some(changed)
    }
}

fn with_change(response: &Response, schema: &Value, change: impl FnOnce(&mut Value) -> bool) -> Option<Response> {
    let mut body = response.json()?.clone();
    let is_another = change(&mut body) && !jsonschema::is_valid(schema, &body);
    is_another.then(|| with_body(response, body.to_string()))
}

fn with_body(response: &Response, body: String) -> Response {
    Response::new(response.status, response.headers.clone(), body.into())
}

/// A place in a JSON body; through arrays it leads to all of their items.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Place(Vec<Step>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Member(String),
    Items,
}

impl Place {
    /// The place of one of its members.
    pub(super) fn member(&self, name: &str) -> Self {
        self.and(Step::Member(name.to_owned()))
    }

    /// The place of each of its items.
    pub(super) fn items(&self) -> Self {
        self.and(Step::Items)
    }

    /// What is there.
    pub(super) fn values<'v>(&self, body: &'v Value) -> Vec<&'v Value> {
        self.0.iter().fold(vec![body], |values, step| match step {
            Step::Member(name) => values.into_iter().filter_map(|value| value.get(name)).collect(),
            Step::Items => values.into_iter().filter_map(Value::as_array).flatten().collect(),
        })
    }

    fn and(&self, step: Step) -> Self {
        Self(self.0.iter().cloned().chain([step]).collect())
    }

    /// Puts a value there, or removes what is there; whether the body is another one now.
    fn change(&self, body: &mut Value, value: Option<&Value>) -> bool {
        fn change(steps: &[Step], body: &mut Value, value: Option<&Value>) -> bool {
            match (steps, body) {
                ([], body) => {
                    let new = value.cloned().unwrap_or_default();
                    let old = std::mem::replace(body, new);
                    old != *body
                }
                ([Step::Member(name)], Value::Object(members)) if value.is_none() => {
                    members.shift_remove(name).is_some()
                }
                // A member that is not there was left out on purpose, or never was of this answer.
                ([Step::Member(name), rest @ ..], Value::Object(members)) => {
                    members.get_mut(name).is_some_and(|member| change(rest, member, value))
                }
                ([Step::Items, rest @ ..], Value::Array(items)) => {
                    items.iter_mut().fold(false, |changed, item| change(rest, item, value) | changed)
                }
                _ => false,
            }
        }
        change(&self.0, body, value)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("body");
        }
        self.0.iter().try_for_each(|step| match step {
            Step::Member(name) => write!(f, "/{name}"),
            Step::Items => f.write_str("/*"),
        })
    }
}
