//! Answers of 2xx that are not what the operation answers.

use std::fmt;

use bytes::Bytes;
use http::StatusCode;
use http::header::CONTENT_TYPE;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::RawBody;

/// A successful answer whose body is not what the operation answers.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Undecodable {
    /// The answer's status.
    pub status: StatusCode,
    /// Where in the JSON the trouble is: `user.id`; `.` is the whole.
    pub path: String,
    /// What is wrong there: `expected a string`, ``missing field `token` ``.
    pub problem: String,
    /// The outline of what came instead, without its contents, which may be secret: `{token: string, user: null}`.
    pub found: String,
    /// The body as it came.
    pub body: RawBody,
}

impl Undecodable {
    pub(crate) fn new<T: DeserializeOwned>(response: &http::Response<Bytes>, error: &serde_json::Error) -> Self {
        let body = response.body();
        // Reading again, this time keeping account of the path, spares the answers that can be read the cost of it.
        let again = serde_path_to_error::deserialize::<_, T>(&mut serde_json::Deserializer::from_slice(body));
        let (path, problem) = match again {
            Err(error) => (error.path().to_string(), error.inner().to_string()),
            Ok(_) => (".".to_owned(), error.to_string()),
        };
        Self {
            status: response.status(),
            path: cut(&path),
            problem: cut(without_value(&problem)),
            found: found(response),
            body: RawBody::new(body),
        }
    }
}

impl fmt::Display for Undecodable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { status, path, problem, found, .. } = self;
        write!(f, "answered {status} with a body that cannot be read, at `{path}`: {problem}; found {found}")
    }
}

/// `invalid type: string "…", expected a boolean` → `expected a boolean`: the value may be a secret.
fn without_value(problem: &str) -> &str {
    problem.rfind("expected ").map_or(problem, |start| &problem[start..])
}

fn found(response: &http::Response<Bytes>) -> String {
    let body = response.body();
    match serde_json::from_slice(body) {
        Ok(Value::Object(members)) => {
            let members = members.iter().map(|(name, value)| format!("{}: {}", cut(name), type_name(value)));
            cut(&format!("{{{}}}", members.take(16).collect::<Vec<_>>().join(", ")))
        }
        Ok(value) => type_name(&value).to_owned(),
        Err(_) if body.is_empty() => "nothing".to_owned(),
        Err(_) => {
            let media_type = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
            format!("{} bytes labelled {}, which are no JSON", body.len(), cut(media_type.unwrap_or("as nothing")))
        }
    }
}

fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// What the server chooses the length of is cut to one that can be read.
fn cut(text: &str) -> String {
    text.chars().take(200).collect()
}
