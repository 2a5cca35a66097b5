//! Whether `openapi.yaml` accepts requests: their method, path, query, headers and body.

use std::cell::Cell;

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE, HeaderName};
use jsonschema::Validator;
use percent_encoding::percent_decode_str;
use probity::ConfigurationError;
use probity_fixtures::{Api, Operation};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::Value;

use crate::description::resolved;

/// A request, or why there is none.
pub(crate) type Attempt = Result<http::Request<Bytes>, ConfigurationError>;

/// Wants each operation to have its requests, and `openapi.yaml` to accept all of them that are made; and wants that to be at
/// least a quarter of those that are tried. `prefix` is the path of their base URL.
pub(crate) fn all_are_accepted(api: &Api, prefix: &str, requests: Vec<(&str, BoxedStrategy<Attempt>)>) {
    assert_eq!(requests.len(), api.operations.len(), "an operation has no requests");
    for (name, requests) in requests {
        let operation = api.operations.iter().find(|operation| operation.id == name).expect(name);
        let description = Description::of(api, operation);
        let (tried, made) = (Cell::new(0), Cell::new(0));
        let config = ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() };
        let outcome = TestRunner::new(config).run(&requests, |request| {
            tried.set(tried.get() + 1);
            match request {
                Ok(request) => {
                    made.set(made.get() + 1);
                    description.accepts(&request, prefix).map_err(|trouble| {
                        let body = String::from_utf8_lossy(request.body()).into_owned();
                        TestCaseError::fail(format!("{trouble}: {} {} {body}", request.method(), request.uri()))
                    })
                }
                Err(
                    ConfigurationError::Field(_)
                    | ConfigurationError::Segment(_)
                    | ConfigurationError::Header(_)
                    | ConfigurationError::Empty(_),
                ) => Ok(()),
                Err(error) => Err(TestCaseError::fail(format!("{error:?}"))),
            }
        });
        outcome.unwrap_or_else(|trouble| panic!("{name}: {trouble}"));
        assert!(4 * made.get() >= tried.get(), "{name}: {} of {} were made", made.get(), tried.get());
    }
}

/// Any text, and often one that fits.
pub(crate) fn any_text() -> impl Strategy<Value = String> + Clone {
    prop_oneof![5 => "[a-zA-Z0-9]{1,8}", 1 => ".{0,24}"]
}

/// What `openapi.yaml` says that an operation takes.
struct Description {
    operation: &'static Operation,
    parameters: Vec<Parameter>,
    /// Ways to be let in, by the names of their schemes.
    ways_in: Vec<Value>,
    schemes: Value,
    body: Option<Validator>,
}

struct Parameter {
    name: String,
    /// `path`, `query` or `header`.
    place: String,
    is_required: bool,
    is_number: bool,
    schema: Validator,
}

impl Description {
    fn of(api: &Api, operation: &'static Operation) -> Self {
        let openapi: Value = serde_json::from_str(api.openapi).expect("JSON");
        let of_path = &openapi["paths"][operation.path];
        let described = &of_path[operation.method.to_lowercase()];
        let parameters = [&of_path["parameters"], &described["parameters"]];
        let parameters = parameters.into_iter().filter_map(Value::as_array).flatten();
        let parameters = parameters.map(|parameter| Parameter::of(&openapi, resolved(&openapi, parameter)));
        let body = &described["requestBody"]["content"]["application/json"]["schema"];
        Self {
            operation,
            parameters: parameters.collect(),
            ways_in: described["security"].as_array().or(openapi["security"].as_array()).expect("security").clone(),
            schemes: openapi["components"]["securitySchemes"].clone(),
            body: (!body.is_null()).then(|| validator(&openapi, body)),
        }
    }

    /// Whether it accepts the request, and else why not.
    fn accepts(&self, request: &http::Request<Bytes>, prefix: &str) -> Result<(), String> {
        want(request.method().as_str() == self.operation.method, "another method")?;
        self.accepts_path(request.uri().path().strip_prefix(prefix).ok_or("the prefix is gone")?)?;
        self.accepts_query(request.uri().query().unwrap_or_default())?;
        self.accepts_headers(request)?;
        self.accepts_credentials(request)?;
        self.accepts_body(request)
    }

    fn parameter(&self, place: &str, name: &str) -> Option<&Parameter> {
        self.parameters.iter().find(|parameter| parameter.place == place && parameter.name == name)
    }

    fn required(&self, place: &str) -> impl Iterator<Item = &str> {
        let parameters = self.parameters.iter().filter(move |parameter| parameter.place == place);
        parameters.filter(|parameter| parameter.is_required).map(|parameter| &*parameter.name)
    }

    fn accepts_path(&self, path: &str) -> Result<(), String> {
        let (sent, described) = (path.split('/'), self.operation.path.split('/'));
        want(sent.clone().count() == described.clone().count(), "another path")?;
        for (sent, described) in sent.zip(described) {
            match described.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
                None => want(sent == described, "another path")?,
                Some(name) => {
                    let sent = percent_decode_str(sent).decode_utf8().map_err(|error| error.to_string())?;
                    want(!sent.is_empty(), "an empty segment")?;
                    self.parameter("path", name).ok_or(name)?.accepts(&sent)?;
                }
            }
        }
        Ok(())
    }

    fn accepts_query(&self, query: &str) -> Result<(), String> {
        let sent: Vec<_> = url::form_urlencoded::parse(query.as_bytes()).collect();
        for (name, value) in &sent {
            self.parameter("query", name).ok_or_else(|| format!("{name} is not described"))?.accepts(value)?;
            want(sent.iter().filter(|(other, _)| other == name).count() == 1, "a parameter comes twice")?;
        }
        match self.required("query").find(|required| sent.iter().all(|(name, _)| name != required)) {
            Some(missing) => Err(format!("{missing} is missing")),
            None => Ok(()),
        }
    }

    /// Others than those that are described do no harm.
    fn accepts_headers(&self, request: &http::Request<Bytes>) -> Result<(), String> {
        let of_header = self.parameters.iter().filter(|parameter| parameter.place == "header");
        for parameter in of_header {
            let name: HeaderName = parameter.name.parse().map_err(|_| "no header")?;
            for value in request.headers().get_all(&name) {
                parameter.accepts(&String::from_utf8_lossy(value.as_bytes()))?;
            }
            // Where a request has no User-Agent of its own, the client gives it one.
            let may_be_missing = !parameter.is_required || name == http::header::USER_AGENT;
            want(may_be_missing || request.headers().contains_key(name), &parameter.name)?;
        }
        Ok(())
    }

    /// Wants what lets a request in to be of one of the schemes, and to be there unless it is let in without.
    fn accepts_credentials(&self, request: &http::Request<Bytes>) -> Result<(), String> {
        let brings = |scheme: &str| {
            let scheme = &self.schemes[scheme];
            let (header, begin) = match (scheme["type"].as_str(), scheme["scheme"].as_str()) {
                (Some("http"), Some("bearer")) => (AUTHORIZATION, "Bearer "),
                (Some("http"), Some("basic")) => (AUTHORIZATION, "Basic "),
                _ => (COOKIE, scheme["name"].as_str().expect("a cookie's name")),
            };
            request.headers().get(header).is_some_and(|value| value.as_bytes().starts_with(begin.as_bytes()))
        };
        let is_let_in = self.ways_in.iter().filter_map(Value::as_object).any(|way| way.keys().all(|name| brings(name)));
        let wants_none = self.ways_in.is_empty();
        let has_some = [AUTHORIZATION, COOKIE].iter().any(|name| request.headers().contains_key(name));
        want(if wants_none { !has_some } else { is_let_in }, "other credentials")
    }

    fn accepts_body(&self, request: &http::Request<Bytes>) -> Result<(), String> {
        let kind = request.headers().get(CONTENT_TYPE);
        let Some(schema) = &self.body else {
            return want(request.body().is_empty() && kind.is_none(), "a body");
        };
        want(kind.is_some_and(|kind| kind == "application/json"), "another content type")?;
        let body = serde_json::from_slice(request.body()).map_err(|error| error.to_string())?;
        schema.validate(&body).map_err(|error| format!("{} of the body: {error}", error.instance_path()))
    }
}

impl Parameter {
    fn of(openapi: &Value, described: &Value) -> Self {
        let text = |member: &str| described[member].as_str().expect(member).to_owned();
        Self {
            name: text("name"),
            place: text("in"),
            is_required: described["required"] == true,
            is_number: described["schema"]["type"] == "integer",
            schema: validator(openapi, &described["schema"]),
        }
    }

    fn accepts(&self, text: &str) -> Result<(), String> {
        let value = if self.is_number { serde_json::from_str(text).ok() } else { Some(Value::from(text)) };
        want(value.is_some_and(|value| self.schema.is_valid(&value)), &self.name)
    }
}

fn validator(openapi: &Value, schema: &Value) -> Validator {
    let mut schema = schema.clone();
    schema["components"] = openapi["components"].clone();
    jsonschema::options().should_validate_formats(true).build(&schema).expect("a schema")
}

fn want(holds: bool, trouble: &str) -> Result<(), String> {
    if holds { Ok(()) } else { Err(trouble.to_owned()) }
}
