//! Answers that say yes and are not what the operation answers.

use std::fmt;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_path_to_error::{Path, Segment};

use super::{RawBody, RawHeaders};

/// A successful answer that is not what the operation answers.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Undecodable {
    /// The answer's status.
    pub status: StatusCode,
    /// Where the trouble is: in the JSON `user.id`, or `.` for the whole; or a header, `set-cookie`.
    pub path: String,
    /// What is wrong there: `expected a string`, ``missing field `token` ``.
    pub problem: String,
    /// What is there instead, in our words: `an array of 2`, `13 bytes labelled text/html`. A name or a value of the body
    /// may be a secret: they are in `body` only.
    pub found: String,
    /// The body as it came.
    pub body: RawBody,
    /// The headers as they came.
    pub headers: RawHeaders,
}

impl Undecodable {
    pub(crate) fn new<T: DeserializeOwned>(response: &http::Response<Bytes>, error: &serde_json::Error) -> Self {
        let body = response.body();
        // Reading again, this time keeping account of the path, spares the answers that can be read the cost of it.
        let again = serde_path_to_error::deserialize::<_, T>(&mut serde_json::Deserializer::from_slice(body));
        let (path, problem, found) = match again {
            Err(error) => (error.path().to_string(), error.inner().to_string(), found(response, Some(error.path()))),
            Ok(_) => (".".to_owned(), error.to_string(), found(response, None)),
        };
        Self::of(response, path, without_value(&problem).to_owned(), found)
    }

    /// A successful answer with a header that is not what the operation answers, or without it.
    #[cfg(feature = "tinyauth")]
    pub(crate) fn in_header(response: &http::Response<Bytes>, name: &str, problem: &str, found: &str) -> Box<Self> {
        Box::new(Self::of(response, name.to_owned(), problem.to_owned(), found.to_owned()))
    }

    fn of(response: &http::Response<Bytes>, path: String, problem: String, found: String) -> Self {
        Self {
            status: response.status(),
            path,
            problem,
            found,
            body: RawBody::new(response.body()),
            headers: response.headers().clone().into(),
        }
    }
}

impl fmt::Display for Undecodable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { status, path, problem, found, .. } = self;
        write!(f, "answered {status} and cannot be read, at `{path}`: {problem}; found {found}")
    }
}

/// `invalid type: string "…", expected a boolean` → `expected a boolean`: the value may be a secret.
fn without_value(problem: &str) -> &str {
    problem.rfind("expected ").map_or(problem, |start| &problem[start..])
}

/// What stands at the path; what the whole body is, where no path leads to it.
fn found(response: &http::Response<Bytes>, path: Option<&Path>) -> String {
    let body = response.body();
    match serde_json::from_slice::<Value>(body) {
        Ok(whole) => outline(path.and_then(|path| at(&whole, path)).unwrap_or(&whole)),
        Err(_) if body.is_empty() => "nothing".to_owned(),
        Err(_) => {
            format!("{} bytes labelled {}, which are no JSON", body.len(), label(response.headers()))
        }
    }
}

fn at<'a>(whole: &'a Value, path: &Path) -> Option<&'a Value> {
    path.iter().try_fold(whole, |value, segment| match segment {
        Segment::Seq { index } => value.get(index),
        Segment::Map { key } => value.get(key),
        Segment::Enum { .. } | Segment::Unknown => None,
    })
}

pub(crate) fn outline(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(_) => "a boolean".to_owned(),
        Value::Number(_) => "a number".to_owned(),
        Value::String(_) => "a string".to_owned(),
        Value::Array(items) => format!("an array of {}", items.len()),
        Value::Object(members) => format!("an object with {} members", members.len()),
    }
}

/// The media type, if it is one of those that proxies and error pages have. Any text can stand there.
fn label(headers: &HeaderMap) -> &'static str {
    let Some(media_type) = headers.get(CONTENT_TYPE) else { return "as nothing" };
    let media_type = media_type.to_str().unwrap_or_default().split(';').next().unwrap_or_default();
    ["application/json", "application/octet-stream", "application/xml", "text/html", "text/plain", "text/xml"]
        .into_iter()
        .find(|known| media_type.trim().eq_ignore_ascii_case(known))
        .unwrap_or("as something else")
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    struct Website {
        #[serde(rename = "domains")]
        _domains: Vec<String>,
    }

    /// Where the trouble is in a list of websites, and what is found there.
    fn trouble(body: &'static str) -> (String, String) {
        let error = serde_json::from_str::<Vec<Website>>(body).expect_err(body);
        let undecodable = Undecodable::new::<Vec<Website>>(&http::Response::new(body.into()), &error);
        (undecodable.path, undecodable.found)
    }

    #[test]
    fn what_is_found_is_what_stands_at_the_path() {
        for (body, path, found) in [
            (r#"{"0": []}"#, ".", "an object with 1 members"),
            (r#"[{"domains": []}, {}]"#, "[1]", "an object with 0 members"),
            (r#"[{"domains": null}]"#, "[0].domains", "null"),
            (r#"[{"domains": ["a", 5]}]"#, "[0].domains[1]", "a number"),
        ] {
            assert_eq!(trouble(body), (path.to_owned(), found.to_owned()), "{body}");
        }
    }

    #[test]
    fn what_is_no_json_is_told_by_its_size_wherever_it_breaks_off() {
        assert_eq!(trouble(r#"[{"domains": ["#).1, "14 bytes labelled as nothing, which are no JSON");
    }
}
