//! A request before it is sent: what a case asks for, and the one fault that it puts into it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, USER_AGENT};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use probity_fixtures::{Operation, Requirement};
use serde_json::Value;
use url::Url;

/// A browser-like first word, since some servers drop what calls itself by its own name alone.
const OUR_USER_AGENT: &str = concat!("Mozilla/5.0 (X11; Linux x86_64) probity/", env!("CARGO_PKG_VERSION"));

/// A request to an operation of the target's API, or to what stands beside it.
#[derive(Debug, Clone)]
pub struct Request {
    operation: Option<&'static Operation>,
    /// Where it goes when not to the target.
    pub(crate) elsewhere: Option<Elsewhere>,
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) query: Vec<(&'static str, String)>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Body,
    /// Why it cannot be sent: a target's own text was put where it cannot stand.
    pub(crate) unsendable: Option<String>,
    /// An answer 429 is what it is about, and is not waited out.
    pub(crate) may_be_held_off: bool,
    succeeds_by: Option<&'static Requirement>,
}

/// A place beside the target.
#[derive(Debug, Clone)]
pub(crate) struct Elsewhere {
    pub(crate) url: Url,
    /// It belongs to the deployment: the headers that its configuration gives go there too.
    pub(crate) of_the_deployment: bool,
}

/// What a request holds.
#[derive(Debug, Clone)]
pub(crate) enum Body {
    /// No body at all.
    Empty,
    /// A JSON value, which a fault may reach into.
    Json(Value),
    /// Bytes as they are.
    Bytes(Bytes),
}

impl Request {
    /// A request as `openapi.yaml` describes the operation, without a body and without credentials.
    pub fn new(operation: &'static Operation) -> Self {
        let method = Method::from_bytes(operation.method.as_bytes()).unwrap_or_default();
        Self { operation: Some(operation), method, path: operation.path.to_owned(), ..Self::blank() }
    }

    /// A GET of an address that belongs to the deployment, such as an app behind it.
    pub fn beside(url: Url) -> Self {
        Self { elsewhere: Some(Elsewhere { url, of_the_deployment: true }), ..Self::blank() }
    }

    /// A GET of an address of somebody else's, which is told nothing of the target.
    pub fn elsewhere(url: Url) -> Self {
        Self { elsewhere: Some(Elsewhere { url, of_the_deployment: false }), ..Self::blank() }
    }

    /// The same request to another server of the API, which is told nothing of the target.
    pub fn sent_to(mut self, mut server: Url) -> Self {
        server.set_path(&self.path);
        self.elsewhere = Some(Elsewhere { url: server, of_the_deployment: false });
        self.operation = None;
        self
    }

    fn blank() -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert(USER_AGENT, HeaderValue::from_static(OUR_USER_AGENT));
        Self {
            operation: None,
            elsewhere: None,
            method: Method::GET,
            path: String::new(),
            query: Vec::new(),
            headers,
            body: Body::Empty,
            unsendable: None,
            may_be_held_off: false,
            succeeds_by: None,
        }
    }

    /// The operation that this is still a request to: none once a fault has changed the method.
    pub fn operation(&self) -> Option<&'static Operation> {
        self.operation.filter(|operation| self.method == operation.method)
    }

    /// The requirement that a request of this form succeeds, where one says so: that of its operation, or its own.
    pub(crate) fn succeeds_by(&self) -> Option<&'static Requirement> {
        self.succeeds_by.or_else(|| self.operation()?.succeeds)
    }

    /// The same, in a form of which another requirement than its operation's says that it succeeds.
    pub fn to_succeed_by(mut self, requirement: &'static Requirement) -> Self {
        self.succeeds_by = Some(requirement);
        self
    }

    /// The same, whose answer may be 429: that is then its answer, and is not waited out.
    pub fn may_be_held_off(mut self) -> Self {
        self.may_be_held_off = true;
        self
    }

    /// The same with this text for `{name}` in its path.
    pub fn at(mut self, name: &str, segment: &str) -> Self {
        let segment = utf8_percent_encode(segment, NON_ALPHANUMERIC).to_string().replace("%2D", "-");
        self.path = self.path.replace(&format!("{{{name}}}"), &segment);
        self
    }

    /// The same with a parameter more in its query.
    pub fn query(mut self, name: &'static str, value: impl ToString) -> Self {
        self.query.push((name, value.to_string()));
        self
    }

    /// The same with a JSON body, labelled as such.
    pub fn json(mut self, body: Value) -> Self {
        self.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        self.body = Body::Json(body);
        self
    }

    /// The same with this body, whatever the label says.
    pub fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = Body::Bytes(body.into());
        self
    }

    /// The same without a body.
    pub fn without_body(mut self) -> Self {
        self.body = Body::Empty;
        self.without_header(&CONTENT_TYPE)
    }

    /// The value at a JSON pointer of its body.
    pub fn json_at(&self, pointer: &str) -> Option<&Value> {
        let Body::Json(body) = &self.body else { return None };
        body.pointer(pointer)
    }

    /// The same with `Authorization: Bearer` and the token.
    pub fn bearer(self, token: &str) -> Self {
        self.header(AUTHORIZATION, &format!("Bearer {token}"))
    }

    /// The same with `Authorization: Basic` and the pair of name and password.
    pub fn basic(self, name: &str, password: &str) -> Self {
        self.header(AUTHORIZATION, &format!("Basic {}", STANDARD.encode(format!("{name}:{password}"))))
    }

    /// The same with this header in place of any of that name.
    ///
    /// What cannot stand in a header, such as a token with a line's end in it, makes a request that is never sent, and a
    /// case that uses it inconclusive.
    pub fn header(mut self, name: HeaderName, value: &str) -> Self {
        match HeaderValue::from_bytes(value.as_bytes()) {
            Ok(value) => drop(self.headers.insert(name, value)),
            Err(_) => self.unsendable = Some(format!("`{value}` cannot stand in a header {name}")),
        }
        self
    }

    /// The same without the header.
    pub fn without_header(mut self, name: &HeaderName) -> Self {
        self.headers.remove(name);
        self
    }

    /// The same by another method.
    pub fn method(mut self, method: Method) -> Self {
        self.method = method;
        self
    }

    /// The same with another value at a JSON pointer of its body; a member that is not there yet is added.
    pub fn set(mut self, pointer: &str, value: impl Into<Value>) -> Self {
        if let Some((parent, name)) = self.member(pointer) {
            parent.insert(name, value.into());
        }
        self
    }

    /// The same without the member at a JSON pointer of its body.
    pub fn without(mut self, pointer: &str) -> Self {
        if let Some((parent, name)) = self.member(pointer) {
            parent.shift_remove(&name);
        }
        self
    }

    fn member(&mut self, pointer: &str) -> Option<(&mut serde_json::Map<String, Value>, String)> {
        let Body::Json(body) = &mut self.body else { return None };
        let (parent, name) = pointer.rsplit_once('/')?;
        Some((body.pointer_mut(parent)?.as_object_mut()?, name.to_owned()))
    }

    /// The body as the bytes that are sent.
    pub(crate) fn bytes(&self) -> Bytes {
        match &self.body {
            Body::Empty => Bytes::new(),
            Body::Json(value) => value.to_string().into(),
            Body::Bytes(bytes) => bytes.clone(),
        }
    }
}
