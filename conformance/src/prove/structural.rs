//! The mutants that follow from `openapi.yaml` by rule: for each marked part of each answer, an answer that has it wrong.
//!
//! Another status (another class, where only the class is stated); a header gone, or with another value where one is
//! stated; each member gone, null, of another type, or of another value where one is stated; a body that is none. What is
//! `observed`, and what rests on no requirement, is left alone. A change that the schema allows is no mutant. Where an
//! answer is one of several, each has its own mutants, of the answers that are such.

use super::change::{Change, Place};
use super::mutant::{Fault, Mutant};
use crate::case::slug;
use crate::exchange::Response;
use http::{HeaderName, StatusCode};
use probity_fixtures::{Api, Operation, Requirement};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Every change of an API's answers that `openapi.yaml` forbids.
pub(super) fn mutants(api: &'static Api) -> Vec<Mutant> {
    let mut seen = BTreeSet::new();
    let mut mutants = Vec::new();
    let answers = answers(api);
    let shared: Vec<Value> = answers.iter().filter(|answer| answer.operations.len() > 1).map(Answer::schema).collect();
    for answer in answers {
        // The build made it of YAML that it had read.
        let described: Value = serde_json::from_str(answer.described).unwrap_or_default();
        let schema = Arc::new(described["content"]["application/json"]["schema"].clone());
        for wrong in answer.wrongs(&described, &shared) {
            let mutant = answer.mutant(wrong, &described, &schema);
            if seen.insert(mutant.id.clone()) {
                mutants.push(mutant);
            }
        }
    }
    mutants
}

/// The answers that are described, those that are only observed left out. What is said of several operations alike, such as
/// how an exceeded rate limit is answered, is one statement, and one answer.
fn answers(api: &'static Api) -> Vec<Answer> {
    let mut answers: Vec<Answer> = Vec::new();
    for operation in api.operations.iter().copied().filter(|operation| !operation.observed) {
        for (status, described) in operation.answers.iter().copied() {
            match answers.iter_mut().find(|answer| answer.status == status && answer.described == described) {
                Some(answer) => answer.operations.push(operation),
                None => answers.push(Answer { api, operations: vec![operation], status, described }),
            }
        }
    }
    answers
}

/// One answer that is described.
struct Answer {
    api: &'static Api,
    /// Of each of these.
    operations: Vec<&'static Operation>,
    /// As `openapi.yaml` has it: `200`, `2XX`, `default`.
    status: &'static str,
    /// What it says, as JSON text.
    described: &'static str,
}

/// One thing wrong with an answer.
struct Wrong<'s> {
    /// Where and what, as ids have it: `/user/id:gone`.
    name: String,
    /// The same as what such a server's answer does.
    says: String,
    /// The part that forbids it: one with a mark.
    marked: &'s Value,
    change: Change,
    /// Of the answers that are one of several, those are meant that fit one of these there. None: all are.
    of: Vec<(Place, &'s Value)>,
}

impl Answer {
    fn mutant(&self, wrong: Wrong<'_>, described: &Value, schema: &Arc<Value>) -> Mutant {
        let Wrong { name, says, marked, change, of } = wrong;
        let of: Vec<(Place, Value)> = of.into_iter().map(|(place, schema)| (place, schema.clone())).collect();
        let schema = schema.clone();
        let changed = Arc::new(AtomicUsize::new(0));
        let (operations, status, count) = (self.operations.clone(), self.status, changed.clone());
        let alteration = move |operation: &Operation, response: &mut Response| {
            let is_meant = operations.contains(&operation)
                && is_nearest(status, operation, response.status)
                && is_one(&of, response);
            if let Some(changed) = Some(&change).filter(|_| is_meant).and_then(|change| change.of(response, &schema)) {
                *response = changed;
                count.fetch_add(1, Ordering::Relaxed);
            }
        };
        Mutant {
            id: format!("{}.{}:{name}", self.name(described), self.status),
            says: format!("The answer {} of {} {says}.", self.status, self.whose()),
            breaks: self.requirement(marked).into_iter().collect(),
            fault: Fault::Change { change: Arc::new(alteration), changed },
        }
    }

    /// What it is called in ids: as its operation, or where it is that of several, as what is said of it.
    fn name(&self, described: &Value) -> String {
        match (&self.operations[..], mark(described)) {
            ([operation], _) => slug(operation.id),
            (operations, None) => slug(operations[0].id),
            (_, Some(id)) => id.to_owned(),
        }
    }

    fn whose(&self) -> String {
        let Operation { method, path, .. } = self.operations[0];
        match self.operations.len() - 1 {
            0 => format!("{method} {path}"),
            others => format!("{method} {path} and {others} more"),
        }
    }

    fn requirement(&self, marked: &Value) -> Option<&'static Requirement> {
        self.api.requirement(mark(marked)?)
    }

    /// What a body has to be.
    fn schema(&self) -> Value {
        let described: Value = serde_json::from_str(self.described).unwrap_or_default();
        described["content"]["application/json"]["schema"].clone()
    }

    /// All that may be wrong with it. Where it may be one of several, and one of those is `shared` as an answer of its own,
    /// that one is wrong there.
    fn wrongs<'s>(&self, described: &'s Value, shared: &'s [Value]) -> Vec<Wrong<'s>> {
        let mut wrongs = Vec::new();
        if mark(described).is_some() {
            wrongs.extend(other_statuses(self.status).into_iter().map(|(name, status)| Wrong {
                name: name.to_owned(),
                says: format!("has the status {status}"),
                marked: described,
                change: Change::Status(status),
                of: Vec::new(),
            }));
        }
        for (name, header) in described["headers"].as_object().into_iter().flatten() {
            wrongs.extend(of_header(name, header));
        }
        of_body(&described["content"]["application/json"]["schema"], shared, &mut wrongs);
        // An open requirement is never departed from.
        let binds = |wrong: &Wrong<'_>| self.requirement(wrong.marked).is_some_and(|r| r.question.is_none());
        wrongs.retain(binds);
        wrongs
    }
}

/// A status in place of the one that is stated, and one of another class; where only the class is stated, the latter.
fn other_statuses(stated: &str) -> Vec<(&'static str, u16)> {
    let another_class = |class: &str| match class {
        "2" => 500,
        _ => 200,
    };
    let within = match stated.parse::<u16>() {
        Ok(200) => Some(202),
        Ok(201 | 204) => Some(200),
        Ok(302) => Some(307),
        Ok(401) => Some(403),
        Ok(status @ 400..500) => Some(if status == 400 { 422 } else { 400 }),
        Ok(status @ 500..600) => Some(if status == 500 { 503 } else { 500 }),
        _ => None,
    };
    if stated == "default" {
        return Vec::new();
    }
    let another = Some(("another-class", another_class(&stated[..1])));
    within.map(|status| ("another-status", status)).into_iter().chain(another).collect()
}

fn of_header<'s>(name: &str, header: &'s Value) -> Vec<Wrong<'s>> {
    let (Some(_), Ok(header_name)) = (mark(header), HeaderName::try_from(name)) else { return Vec::new() };
    let wrong = |what: &str, says: String, change| Wrong {
        name: format!("{name}:{what}"),
        says,
        marked: header,
        change,
        of: Vec::new(),
    };
    let mut wrongs = vec![wrong("gone", format!("has no {name}"), Change::NoHeader(header_name.clone()))];
    if let Some(Value::String(other)) = of_another_value(&header["schema"])
        && let Ok(value) = http::HeaderValue::from_str(&other)
    {
        wrongs.push(wrong("another-value", format!("has {name}: {other}"), Change::Header(header_name, value)));
    }
    wrongs
}

// ── the body ──────────────────────────────────────────────────────────────────────────────────────────────────────

fn of_body<'s>(schema: &'s Value, shared: &'s [Value], wrongs: &mut Vec<Wrong<'s>>) {
    if !schema.is_object() || is_observed(schema) {
        return;
    }
    let whole = Part { place: Place::default(), schemas: vec![schema], inherited: None, shared };
    if let Some(marked) = whole.marked() {
        wrongs.push(Wrong {
            name: "body:no-json".to_owned(),
            says: "is no JSON".to_owned(),
            marked,
            change: Change::NoJson,
            of: Vec::new(),
        });
    }
    whole.wrongs(wrongs);
}

/// A place in a body, and the schemas that hold there.
struct Part<'s> {
    place: Place,
    /// All of them hold.
    schemas: Vec<&'s Value>,
    /// The marked part that is nearest above.
    inherited: Option<&'s Value>,
    /// Bodies that are answers of their own.
    shared: &'s [Value],
}

impl<'s> Part<'s> {
    /// A part below this one, still without a place and schemas of its own.
    fn below(&self) -> Self {
        Self { place: Place::default(), schemas: Vec::new(), inherited: self.marked(), shared: self.shared }
    }

    /// What the part itself rests on, or else what is around it.
    fn marked(&self) -> Option<&'s Value> {
        self.schemas.iter().copied().find(|schema| mark(schema).is_some()).or(self.inherited)
    }

    /// Whether all of the schemas allow the value.
    fn allows(&self, value: &Value) -> bool {
        jsonschema::is_valid(&json!({ "allOf": self.schemas }), value)
    }

    /// The schemas and those within them that hold at the same place.
    fn layers(&self) -> Vec<&'s Value> {
        fn add<'s>(schema: &'s Value, to: &mut Vec<&'s Value>) {
            to.push(schema);
            let within = schema["allOf"].as_array().into_iter().flatten();
            within.chain(schema.get("then")).chain(schema.get("else")).for_each(|schema| add(schema, to));
        }
        let mut layers = Vec::new();
        self.schemas.iter().for_each(|schema| add(schema, &mut layers));
        layers
    }

    /// What is wrong with an answer that has this part wrong, or a part of it.
    fn wrongs(&self, wrongs: &mut Vec<Wrong<'s>>) {
        let layers = self.layers();
        if let Some(marked) = self.marked() {
            let null = Some(("null", Value::Null)).filter(|(_, null)| !self.allows(null));
            let another_type = of_another_type(&self.schemas, |value| self.allows(value));
            for (what, value) in null.into_iter().chain(another_type.map(|value| ("another-type", value))) {
                wrongs.push(self.with(what, value, marked));
            }
            for layer in &layers {
                let marked = if mark(layer).is_some() { layer } else { marked };
                if let Some(value) = of_another_value(layer) {
                    wrongs.push(self.with("another-value", value, marked));
                }
                if layer["minLength"].as_u64().is_some_and(|length| length > 0) {
                    wrongs.push(self.with("empty", json!(""), marked));
                }
            }
        }
        for (name, part) in self.members(&layers) {
            let is_required =
                |layer: &&Value| layer["required"].as_array().is_some_and(|names| names.contains(&json!(name)));
            if let (Some(marked), true) = (part.marked(), layers.iter().any(is_required)) {
                wrongs.push(Wrong {
                    name: format!("{}:gone", part.place),
                    says: format!("has no {}", part.place),
                    marked,
                    change: Change::Gone(part.place.clone()),
                    of: Vec::new(),
                });
            }
            part.wrongs(wrongs);
        }
        for one in layers.iter().flat_map(|layer| [&layer["anyOf"], &layer["oneOf"]]) {
            for schema in one
                .as_array()
                .into_iter()
                .flatten()
                .filter(|schema| !is_observed(schema) && !self.shared.contains(schema))
            {
                let part = Part { place: self.place.clone(), schemas: vec![schema], ..self.below() };
                let mut of_one = Vec::new();
                part.wrongs(&mut of_one);
                for wrong in of_one {
                    add(wrong, (self.place.clone(), schema), wrongs);
                }
            }
        }
        let items: Vec<_> = layers.iter().filter_map(|layer| layer.get("items")).collect();
        if !items.is_empty() && !items.iter().any(|schema| is_observed(schema)) {
            Part { place: self.place.items(), schemas: items, ..self.below() }.wrongs(wrongs);
        }
    }

    /// The members that are described, none of them `observed`.
    fn members(&self, layers: &[&'s Value]) -> Vec<(&'s str, Part<'s>)> {
        let described = layers.iter().flat_map(|layer| layer["properties"].as_object().into_iter().flatten());
        let mut members: Vec<(&str, Part<'_>)> = Vec::new();
        for (name, schema) in described {
            match members.iter_mut().find(|(known, _)| known == name) {
                Some((_, part)) => part.schemas.push(schema),
                None => {
                    let place = self.place.member(name);
                    members.push((name, Part { place, schemas: vec![schema], ..self.below() }));
                }
            }
        }
        members.retain(|(_, part)| !part.schemas.iter().any(|schema| is_observed(schema)));
        members
    }

    fn with(&self, what: &str, value: Value, marked: &'s Value) -> Wrong<'s> {
        Wrong {
            name: format!("{}:{what}", self.place),
            says: format!("has {value} for {}", self.place),
            marked,
            change: Change::Value(self.place.clone(), value),
            of: Vec::new(),
        }
    }
}

/// Adds what is wrong with one of several answers; with others that it is wrong with alike it is one.
fn add<'s>(mut wrong: Wrong<'s>, one: (Place, &'s Value), wrongs: &mut Vec<Wrong<'s>>) {
    let breaks = mark(wrong.marked);
    match wrongs.iter_mut().find(|known| known.name == wrong.name && mark(known.marked) == breaks) {
        // It is wrong whichever of them it is.
        Some(Wrong { of, .. }) if of.is_empty() => {}
        Some(Wrong { of, .. }) => of.push(one),
        None => {
            // Of another one the same is another statement's.
            let alike = wrongs.iter().filter(|known| known.name.split('~').next() == Some(&wrong.name)).count();
            if alike > 0 {
                wrong.name = format!("{}~{}", wrong.name, alike + 1);
            }
            wrong.of.push(one);
            wrongs.push(wrong);
        }
    }
}

/// Whether no answer that is described of the operation is nearer to a status than this one.
fn is_nearest(described: &str, operation: &Operation, status: StatusCode) -> bool {
    let nearness = |described: &str| match described {
        "default" => 1,
        range if range.ends_with("XX") && range[..1] == status.as_str()[..1] => 2,
        exact if exact == status.as_str() => 3,
        _ => 0,
    };
    let nearest = operation.answers.iter().map(|(other, _)| nearness(other)).max().unwrap_or_default();
    nearness(described) > 0 && nearness(described) == nearest
}

/// Whether an answer is one of those, where it matters which one it is.
fn is_one(of: &[(Place, Value)], response: &Response) -> bool {
    let body = response.json();
    let fits = |(place, schema): &(Place, Value)| {
        body.is_some_and(|body| place.values(body).into_iter().any(|value| jsonschema::is_valid(schema, value)))
    };
    of.is_empty() || of.iter().any(fits)
}

/// A value of a type that the schemas do not allow, as careless servers have it: numbers as texts, and texts as numbers.
fn of_another_type(schemas: &[&Value], allows: impl Fn(&Value) -> bool) -> Option<Value> {
    let stated = schemas.iter().find_map(|schema| schema.get("type").or(schema.get("const")));
    let candidates = match stated {
        Some(Value::String(word)) if word == "integer" || word == "number" => [json!("200"), json!(true), json!([])],
        Some(Value::String(word)) if word == "boolean" => [json!("true"), json!(1), json!([])],
        Some(Value::String(word)) if word == "object" => [json!([]), json!("object"), json!(7)],
        Some(Value::String(word)) if word == "array" => [json!({}), json!("array"), json!(7)],
        Some(Value::Number(_)) => [json!("200"), json!(true), json!([])],
        _ => [json!(7), json!([]), json!({})],
    };
    candidates.into_iter().find(|value| !allows(value))
}

/// A value of the same type where a schema states one: by `const`, `enum`, a pattern or a bound.
fn of_another_value(schema: &Value) -> Option<Value> {
    const OTHER: &str = "something else";
    let is_stated = |key: &str| !schema[key].is_null();
    let candidates = match schema {
        _ if is_stated("const") => of_the_type_of(&schema["const"]),
        _ if is_stated("enum") => of_the_type_of(&schema["enum"][0]),
        _ if is_stated("pattern") || is_stated("format") => vec![json!(OTHER)],
        _ => {
            let below = schema["minimum"].as_i64().map(|bound| json!(bound - 1));
            let above = schema["maximum"].as_i64().map(|bound| json!(bound + 1));
            below.into_iter().chain(above).collect()
        }
    };
    fn of_the_type_of(value: &Value) -> Vec<Value> {
        match value {
            Value::Bool(flag) => vec![json!(!flag)],
            Value::Number(number) => vec![json!(number.as_i64().unwrap_or_default() + 1)],
            _ => vec![json!(OTHER)],
        }
    }
    candidates.into_iter().find(|value| !jsonschema::is_valid(schema, value))
}

fn mark(part: &Value) -> Option<&str> {
    part.get("x-requirement")?.as_str()
}

fn is_observed(part: &Value) -> bool {
    part["x-source"] == "observed"
}
