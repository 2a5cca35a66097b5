//! One thing done to a response, between the wire and the case.

use crate::exchange::Response;
use http::header::SET_COOKIE;
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
    /// Whether the response is another one now.
    pub(super) fn apply(&self, response: &mut Response) -> bool {
        match self {
            Change::Status(status) => {
                let status = StatusCode::from_u16(*status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
                let old = std::mem::replace(&mut response.status, status);
                old != status
            }
            Change::NoHeader(name) => response.headers.remove(name).is_some(),
            Change::Header(name, value) => {
                let old = response.headers.insert(name.clone(), value.clone());
                old.as_ref() != Some(value) || *name == SET_COOKIE
            }
            Change::NoJson => {
                *response = with_body(response, "this is not JSON".to_owned());
                true
            }
            Change::Gone(place) => change_body(response, |body| place.change(body, &None)),
            Change::Value(place, value) => {
                let value = Some(value.clone());
                change_body(response, |body| place.change(body, &value))
            }
        }
    }
}

fn change_body(response: &mut Response, change: impl FnOnce(&mut Value) -> bool) -> bool {
    let Some(mut body) = response.json().cloned() else { return false };
    let changed = change(&mut body);
    if changed {
        *response = with_body(response, body.to_string());
    }
    changed
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

    fn and(&self, step: Step) -> Self {
        Self(self.0.iter().cloned().chain([step]).collect())
    }

    /// Puts a value there, or removes what is there; whether the body is another one now.
    fn change(&self, body: &mut Value, value: &Option<Value>) -> bool {
        fn change(steps: &[Step], body: &mut Value, value: &Option<Value>) -> bool {
            match (steps, body) {
                ([], body) => {
                    let new = value.clone().unwrap_or_default();
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

/// The statuses that a description of an answer is for: those that no description beside it is nearer to.
pub(super) struct Range {
    own: &'static str,
    others: Vec<&'static str>,
}

impl Range {
    pub(super) fn new(own: &'static str, all: impl Iterator<Item = &'static str>) -> Self {
        Self { own, others: all.filter(|other| *other != own).collect() }
    }

    pub(super) fn contains(&self, status: StatusCode) -> bool {
        let nearness = |key: &str| match key {
            "default" => 1,
            key if key == status.as_str() => 3,
            key if key.ends_with("XX") && key[..1] == status.as_str()[..1] => 2,
            _ => 0,
        };
        let own = nearness(self.own);
        own > 0 && self.others.iter().all(|other| nearness(other) < own)
    }
}
