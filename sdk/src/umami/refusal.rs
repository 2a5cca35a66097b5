//! How Umami says no.
//!
//! The document does not tell. 3.x sends `{"error": {"message", "code", …}}`, with the faults of a request nested as
//! its members are; 2.x sends `{"error": "text"}`, and faults as `{"error": ["member: text"]}`.

use std::fmt;

use bytes::Bytes;
use serde::{Deserialize, Deserializer, de};
use serde_json::Value;

use crate::error::Printable;

/// What Umami says about a call that it rejected.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Refusal {
    /// The reason, for programs.
    pub code: Code,
    /// The reason, for people.
    pub message: String,
    /// What is wrong with the request's members, as far as Umami tells.
    pub faults: Vec<Fault>,
}

/// Why a call was rejected.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Code {
    /// There is no such user, or it is not their password.
    IncorrectUsernamePassword,
    /// The token is missing, not valid, or its user may not do this.
    Unauthorized,
    /// The request's form or its members are wrong.
    BadRequest,
    /// Nobody may do this from where the request came.
    Forbidden,
    /// There is no such thing.
    NotFound,
    /// Umami failed.
    ServerError,
    /// Umami gives a message and no code: the rule in 2.x.
    Unstated,
    /// A reason that this crate does not know, as Umami writes it.
    Other(String),
}

/// What is wrong with one member of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Fault {
    /// The way to the member: `payload.website`; empty for the body as a whole.
    pub field: String,
    /// What is wrong with it, for people.
    pub message: String,
}

impl Code {
    /// The reason as 3.x writes it; empty where it is unstated.
    pub fn as_str(&self) -> &str {
        match self {
            Code::IncorrectUsernamePassword => "incorrect-username-password",
            Code::Unauthorized => "unauthorized",
            Code::BadRequest => "bad-request",
            Code::Forbidden => "forbidden",
            Code::NotFound => "not-found",
            Code::ServerError => "server-error",
            Code::Unstated => "",
            Code::Other(code) => code,
        }
    }

    /// 2.x has only a text: `Unauthorized`, or a key into its translations, `message.incorrect-username-password`.
    fn from_text(text: &str) -> Self {
        let text = text.strip_prefix("message.").unwrap_or(text);
        match text.to_lowercase().replace(' ', "-").into() {
            Code::Other(_) => Code::Unstated,
            known => known,
        }
    }
}

impl From<String> for Code {
    fn from(code: String) -> Self {
        match code.as_str() {
            "incorrect-username-password" => Code::IncorrectUsernamePassword,
            "unauthorized" => Code::Unauthorized,
            "bad-request" => Code::BadRequest,
            "forbidden" => Code::Forbidden,
            "not-found" => Code::NotFound,
            "server-error" => Code::ServerError,
            "" => Code::Unstated,
            _ => Code::Other(code),
        }
    }
}

impl<'de> Deserialize<'de> for Refusal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let body = Value::deserialize(deserializer)?;
        let refusal = match &body["error"] {
            error @ Value::Object(_) => Self::of_3(error),
            Value::String(text) => Self { code: Code::from_text(text), message: text.clone(), faults: Vec::new() },
            Value::Array(faults) if faults.iter().all(Value::is_string) => Self::of_2(faults),
            _ => Self { code: Code::Unstated, message: String::new(), faults: Vec::new() },
        };
        // Anything may have a member `error`; Umami's says something.
        if refusal.code == Code::Unstated && refusal.message.is_empty() {
            return Err(de::Error::custom("expected a refusal"));
        }
        Ok(refusal)
    }
}

impl Refusal {
    fn of_3(error: &Value) -> Self {
        let text = |name: &str| error[name].as_str().unwrap_or_default().to_owned();
        let mut faults = Vec::new();
        collect_faults(error, "", &mut faults);
        Self { code: text("code").into(), message: text("message"), faults }
    }

    fn of_2(faults: &[Value]) -> Self {
        let faults = faults.iter().filter_map(Value::as_str).map(|fault| {
            let (field, message) = fault.split_once(':').unwrap_or(("", fault));
            Fault { field: field.to_owned(), message: message.trim().to_owned() }
        });
        Self { code: Code::BadRequest, message: "Bad request".to_owned(), faults: faults.collect() }
    }
}

impl crate::Refusal for Refusal {
    fn read(response: &http::Response<Bytes>) -> Option<Self> {
        serde_json::from_slice(response.body()).ok()
    }

    fn conceal(&mut self, secret: &str) {
        let blank = |text: &mut String| *text = text.replace(secret, "(a secret)");
        blank(&mut self.message);
        // A known code is a word of ours, and is what programs act on: a password may well be `password`.
        if let Code::Other(code) = &mut self.code {
            blank(code);
        }
        for Fault { field, message } in &mut self.faults {
            blank(field);
            blank(message);
        }
    }
}

/// Each level has `errors` of its own, and the levels below it in `properties` and `items`.
fn collect_faults(level: &Value, field: &str, faults: &mut Vec<Fault>) {
    let messages = level["errors"].as_array().into_iter().flatten().filter_map(Value::as_str);
    faults.extend(messages.map(|message| Fault { field: field.to_owned(), message: message.to_owned() }));
    let below = |name: &str| if field.is_empty() { name.to_owned() } else { format!("{field}.{name}") };
    for (name, inner) in level["properties"].as_object().into_iter().flatten() {
        collect_faults(inner, &below(name), faults);
    }
    for (index, inner) in level["items"].as_array().into_iter().flatten().enumerate() {
        collect_faults(inner, &below(&index.to_string()), faults);
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Printable(self.as_str()).fmt(f)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 10;
        write!(f, "{}", Printable(&self.message))?;
        if self.code != Code::Unstated {
            write!(f, " ({})", self.code)?;
        }
        for Fault { field, message } in self.faults.iter().take(SHOWN) {
            let field = if field.is_empty() { "body" } else { field };
            write!(f, "; {}: {}", Printable(field), Printable(message))?;
        }
        match self.faults.len().saturating_sub(SHOWN) {
            0 => Ok(()),
            more => write!(f, "; and {more} more"),
        }
    }
}

impl std::error::Error for Refusal {}
