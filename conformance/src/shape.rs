//! Holds answers to `openapi.yaml`: which statement a response departs from, by the mark nearest to what is wrong.

use crate::exchange::Response;
use jsonschema::error::ValidationErrorKind;
use probity_fixtures::{Api, Operation, Requirement};
use serde_json::Value;
use std::collections::BTreeMap;
use thiserror::Error;

/// The shapes of one API's operations.
#[derive(Debug)]
pub struct Shapes {
    by_operation: BTreeMap<&'static str, Shape>,
    secret_members: Vec<&'static str>,
}

/// What `openapi.yaml` says of one operation's successful answer.
#[derive(Debug)]
pub struct Shape {
    api: &'static Api,
    response: Value,
    body: Option<Body>,
}

#[derive(Debug)]
struct Body {
    schema: Value,
    validator: jsonschema::Validator,
}

/// A requirement that a response departs from.
#[derive(Debug, Clone, PartialEq)]
pub struct Departure {
    /// The requirement.
    pub requirement: &'static Requirement,
    /// What it wants.
    pub expected: String,
    /// What came.
    pub actual: String,
}

/// `openapi.yaml` cannot be used. The suite's own tests keep this from reaching anyone.
#[derive(Debug, Error)]
#[error("fixtures/{api}/openapi.yaml: {operation}: {reason}")]
pub struct ShapeError {
    api: &'static str,
    operation: &'static str,
    reason: String,
}

impl Shapes {
    /// The shapes of an API's operations.
    ///
    /// # Errors
    /// [`ShapeError`] when a schema is none.
    pub fn of_api(api: &'static Api) -> Result<Self, ShapeError> {
        let unusable = |operation, reason| ShapeError { api: api.name, operation, reason };
        let mut by_operation = BTreeMap::new();
        for operation in api.operations {
            let shape = Shape::new(api, operation).map_err(|reason| unusable(operation.id, reason))?;
            by_operation.insert(operation.id, shape);
        }
        let mut secret_members: Vec<_> = api.operations.iter().flat_map(|o| o.secret_members).copied().collect();
        secret_members.sort_unstable();
        secret_members.dedup();
        Ok(Self { by_operation, secret_members })
    }

    /// The shape of an operation.
    ///
    /// # Panics
    /// When the operation is another API's.
    pub fn of(&self, operation: &Operation) -> &Shape {
        &self.by_operation[operation.id]
    }

    /// The members of bodies whose text is a secret.
    pub fn secret_members(&self) -> &[&'static str] {
        &self.secret_members
    }
}

impl Shape {
    fn new(api: &'static Api, operation: &Operation) -> Result<Self, String> {
        let response: Value = serde_json::from_str(operation.answer).map_err(|error| error.to_string())?;
        let body = match &response["content"]["application/json"]["schema"] {
            Value::Null => None,
            schema => {
                let validator = jsonschema::validator_for(schema).map_err(|error| error.to_string())?;
                Some(Body { schema: schema.clone(), validator })
            }
        };
        Ok(Self { api, response, body })
    }

    /// What the response departs from, were it the answer to a proper request. Only marked parts are judged.
    pub fn departures(&self, response: &Response) -> Vec<Departure> {
        if !response.status.is_success() {
            let departure = self.departure(&self.response, "a status of the class 2xx", response.summary());
            return departure.into_iter().collect();
        }
        let mut departures = Vec::new();
        for (name, header) in self.response["headers"].as_object().into_iter().flatten() {
            departures.extend(self.header(name, header, response));
        }
        let Some(body) = &self.body else { return departures };
        let Some(json) = response.json() else {
            let content_type = &self.response["headers"]["Content-Type"];
            let marked = [&body.schema, content_type].into_iter().find(|part| mark(part).is_some());
            departures.extend(marked.and_then(|part| self.departure(part, "JSON", response.body_summary())));
            return deduplicated(departures);
        };
        for error in body.validator.iter_errors(json) {
            let missing = match error.kind() {
                ValidationErrorKind::Required { property } => property.as_str(),
                _ => None,
            };
            let expected = match missing {
                Some(member) => format!("a member `{member}`"),
                None => body.wanted(error.schema_path().as_str()),
            };
            let place = error.instance_path().as_str();
            let actual = match (missing, place) {
                (Some(_), _) => format!("{} without it", error.instance()),
                (None, "") => error.instance().to_string(),
                (None, place) => format!("{} at {place}", error.instance()),
            };
            let nearest = body.nearest_mark(error.schema_path().as_str(), missing);
            departures.extend(nearest.and_then(|part| self.departure(part, &expected, actual)));
        }
        deduplicated(departures)
    }

    fn header(&self, name: &str, described: &Value, response: &Response) -> Option<Departure> {
        let value = match name {
            // Its parameters, and how it is spelled, are no matter of shape.
            "Content-Type" => response.media_type(),
            // A cookie that is deleted besides is not the one that is meant.
            "Set-Cookie" => response.cookies_set().next(),
            _ => response.headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()),
        };
        let Some(value) = value else {
            return self.departure(described, &format!("a header {name}"), format!("no header {name}"));
        };
        let fits = jsonschema::is_valid(&described["schema"], &Value::String(value.clone()));
        let wanted = wanted(&described["schema"]);
        if fits { None } else { self.departure(described, &format!("{name}: {wanted}"), format!("{name}: {value}")) }
    }

    fn departure(&self, marked: &Value, expected: &str, actual: String) -> Option<Departure> {
        let requirement = self.api.requirement(mark(marked)?)?;
        Some(Departure { requirement, expected: expected.to_owned(), actual })
    }
}

impl Body {
    /// The innermost marked part of the schema on the way to what failed; a missing member's own mark comes first.
    fn nearest_mark(&self, schema_path: &str, missing: Option<&str>) -> Option<&Value> {
        let way = std::iter::successors(Some(schema_path), |path| path.rsplit_once('/').map(|(parent, _)| parent));
        let mut parts = way.filter_map(|path| self.schema.pointer(path));
        let parent = missing.and_then(|_| schema_path.rsplit_once('/')).map_or("", |(parent, _)| parent);
        let member = missing.and_then(|name| self.schema.pointer(parent)?["properties"].get(name));
        member.filter(|part| mark(part).is_some()).or_else(|| parts.find(|part| mark(part).is_some()))
    }

    /// The keyword that failed, with what it wants: `type: string`.
    fn wanted(&self, schema_path: &str) -> String {
        let keyword = schema_path.rsplit('/').next().unwrap_or_default();
        match self.schema.pointer(schema_path) {
            Some(Value::String(wanted)) => format!("{keyword}: {wanted}"),
            Some(wanted) => format!("{keyword}: {wanted}"),
            None => keyword.to_owned(),
        }
    }
}

/// The id of the requirement that a part of `openapi.yaml` is marked with.
fn mark(part: &Value) -> Option<&str> {
    part.get("x-requirement")?.as_str()
}

fn wanted(schema: &Value) -> &str {
    schema["const"].as_str().or(schema["pattern"].as_str()).unwrap_or("a text")
}

/// One departure per requirement: a member that is an empty number fails by type and by length, and is one fault.
fn deduplicated(mut departures: Vec<Departure>) -> Vec<Departure> {
    let mut seen = Vec::new();
    departures.retain(|departure| {
        let new = !seen.contains(&departure.requirement.id);
        seen.push(departure.requirement.id);
        new
    });
    departures
}
