//! One request and its response, as they went over the wire.

use crate::wire::NoResponse;
use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode};
use probity_fixtures::Operation;
use serde_json::Value;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use url::Url;

/// One request and what came of it.
#[derive(Debug, Clone)]
pub struct Exchange {
    /// What this request is in its case: `control`, `with an empty password`.
    pub label: String,
    /// The operation that it asks for, unless the request was altered into another.
    pub operation: Option<&'static Operation>,
    /// What it is for.
    pub purpose: Purpose,
    /// The request as it was sent.
    pub request: Sent,
    /// The response, or why there is none.
    pub response: Result<Response, NoResponse>,
    /// From the first byte out to the last byte in.
    pub took: Duration,
}

/// What an exchange is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To come by something that a case needs: not judged.
    Arranging,
    /// A request as the document has it, or in another form that is no fault: its successful answer has the shape that
    /// the document gives.
    Proper,
    /// A request with a fault: what it should not be answered, its case says.
    Faulty,
}

/// A request as it was sent.
#[derive(Debug, Clone)]
pub struct Sent {
    /// Its method.
    pub method: Method,
    /// Where it went, whole.
    pub url: Url,
    /// Its headers, in the order sent; `Host` and `Content-Length` included.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Bytes,
}

/// A complete response.
#[derive(Debug, Clone)]
pub struct Response {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body, de-chunked.
    pub body: Bytes,
    json: Arc<OnceLock<Option<Value>>>,
}

impl Response {
    /// A response of these parts.
    pub fn new(status: StatusCode, headers: HeaderMap, body: Bytes) -> Self {
        Self { status, headers, body, json: Arc::default() }
    }

    /// The body as JSON, where it is JSON, whatever its label.
    pub fn json(&self) -> Option<&Value> {
        self.json.get_or_init(|| serde_json::from_slice(&self.body).ok()).as_ref()
    }

    /// The text at a JSON pointer of the body.
    pub fn text_at(&self, pointer: &str) -> Option<&str> {
        self.json()?.pointer(pointer)?.as_str()
    }

    /// The names of an object's members besides those that are expected, or that there are none.
    pub fn members_beside(&self, pointer: &str, expected: &[&str]) -> String {
        let members = self.json().and_then(|json| json.pointer(pointer)?.as_object());
        let names = members.into_iter().flatten().map(|(name, _)| name.as_str());
        let beside: Vec<_> = names.filter(|name| !expected.contains(name)).collect();
        if beside.is_empty() { "none".to_owned() } else { beside.join(", ") }
    }

    /// The media type that the Content-Type header names, in small letters and without parameters.
    pub fn media_type(&self) -> Option<String> {
        let header = self.headers.get(http::header::CONTENT_TYPE)?.to_str().ok()?;
        header.split(';').next().map(|essence| essence.trim().to_ascii_lowercase())
    }

    /// The encoding of the body, where it has one: no request asks for any.
    fn encoding(&self) -> Option<String> {
        let encoding = self.headers.get(http::header::CONTENT_ENCODING)?.to_str().ok()?.trim().to_ascii_lowercase();
        (encoding != "identity").then_some(encoding)
    }

    /// The lines of Set-Cookie that set a cookie, those left out that delete one.
    pub fn cookies_set(&self) -> impl Iterator<Item = String> {
        let lines = self.headers.get_all(http::header::SET_COOKIE).iter();
        let lines = lines.map(|line| String::from_utf8_lossy(line.as_bytes()).into_owned());
        lines.filter(|line| {
            let cookie = cookie::Cookie::parse(line.as_str()).ok();
            cookie.is_some_and(|c| !c.value().is_empty() && c.max_age().is_none_or(|age| age.is_positive()))
        })
    }

    /// The status and what the body is: `401 Unauthorized with {"error":…}`. It is whole: a secret that was cut in two
    /// could not be found any more, so what is shown is shortened after it is masked.
    pub fn summary(&self) -> String {
        format!("{} with {}", self.status, self.body_summary())
    }

    /// What the body is, whole, or that there is none.
    pub fn body_summary(&self) -> String {
        match self.json() {
            _ if self.body.is_empty() => "an empty body".to_owned(),
            None if self.encoding().is_some() => {
                format!("a body in the encoding {}, which was not asked for", self.encoding().unwrap_or_default())
            }
            Some(json) => json.to_string(),
            None if self.media_type().as_deref() == Some("text/html") => "an HTML page".to_owned(),
            None => format!("a body that is no JSON: {}", String::from_utf8_lossy(&self.body)),
        }
    }
}
