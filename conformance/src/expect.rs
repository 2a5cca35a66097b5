//! What a case may hold a response to. Two vocabularies that do not mix: [`Expect`] for a request without fault,
//! [`Refusal`] for the same request with one.
//!
//! They are two types because a refusal proves nothing on its own: a server that answers 401 to everything gives them
//! all. A [`Refusal`] can be put to a [`Refused`](crate::run::Refused) only, which exists after a control succeeded.

use crate::exchange::Response;
use http::StatusCode;
use http::header::{ALLOW, WWW_AUTHENTICATE};
use serde_json::Value;

/// What departs: the response's side of it, in words.
pub type Actual = String;

type Test = Box<dyn Fn(&Response) -> Result<(), Actual>>;

/// What a proper request's response has to show.
pub struct Expect {
    pub(crate) expected: String,
    pub(crate) test: Test,
}

/// What a faulty request's response has to show.
pub struct Refusal {
    pub(crate) expected: String,
    pub(crate) test: Test,
}

fn expect(expected: impl Into<String>, test: impl Fn(&Response) -> Result<(), Actual> + 'static) -> Expect {
    Expect { expected: expected.into(), test: Box::new(test) }
}

fn refusal(expected: impl Into<String>, test: impl Fn(&Response) -> Result<(), Actual> + 'static) -> Refusal {
    Refusal { expected: expected.into(), test: Box::new(test) }
}

/// A status of the class 2xx.
pub fn succeeds() -> Expect {
    expect("a status of the class 2xx", |response| match response.status.is_success() {
        true => Ok(()),
        false => Err(response.summary()),
    })
}

/// A text that is not empty at a JSON pointer of the body.
pub fn text(pointer: &'static str) -> Expect {
    expect(format!("a text at {pointer}"), move |response| match response.text_at(pointer) {
        Some(text) if !text.is_empty() => Ok(()),
        _ => Err(shown_at(response, pointer)),
    })
}

/// This very value at a JSON pointer of the body.
pub fn value(pointer: &'static str, wanted: impl Into<Value>) -> Expect {
    let wanted = wanted.into();
    let expected = format!("{wanted} at {pointer}");
    expect(expected, move |response| match response.json().and_then(|json| json.pointer(pointer)) {
        Some(found) if *found == wanted => Ok(()),
        _ => Err(shown_at(response, pointer)),
    })
}

/// Whatever `test` tells; `expected` says in words what that is.
pub fn that(expected: &str, test: impl Fn(&Response) -> Result<(), Actual> + 'static) -> Expect {
    expect(expected, test)
}

/// A status of the class 4xx that is about the request: neither for its rate (429) nor for its slowness (408).
pub fn refused() -> Refusal {
    refusal("a status of the class 4xx", |response| match response.status.as_u16() {
        408 | 429 => Err(format!("{}, which says nothing of the fault", response.summary())),
        400..500 => Ok(()),
        _ => Err(response.summary()),
    })
}

/// Whatever `test` tells of what the request came to; `expected` says in words what that is.
pub fn never(expected: &str, test: impl Fn() -> Result<(), Actual> + 'static) -> Refusal {
    refusal(expected, move |_| test())
}

/// Whatever `test` tells of the refusal itself; `expected` says in words what that is.
pub fn shows(expected: &str, test: impl Fn(&Response) -> Result<(), Actual> + 'static) -> Refusal {
    refusal(expected, test)
}

/// This very status.
pub fn status(wanted: u16) -> Refusal {
    refusal(format!("the status {wanted}"), move |response| match response.status.as_u16() == wanted {
        true => Ok(()),
        false => Err(response.summary()),
    })
}

/// Nothing at a JSON pointer of the body.
pub fn absent(pointer: &'static str) -> Refusal {
    refusal(format!("nothing at {pointer}"), move |response| {
        match response.json().and_then(|json| json.pointer(pointer)) {
            None => Ok(()),
            Some(_) => Err(shown_at(response, pointer)),
        }
    })
}

/// An Allow header that lists the method.
pub fn allows(method: &'static str) -> Refusal {
    refusal(format!("an Allow header that lists {method}"), move |response| {
        let lines: Vec<_> =
            response.headers.get_all(ALLOW).iter().map(|line| String::from_utf8_lossy(line.as_bytes())).collect();
        match lines.iter().flat_map(|line| line.split(',')).any(|word| word.trim() == method) {
            true => Ok(()),
            false if lines.is_empty() => Err(format!("{} without an Allow header", response.status)),
            false => Err(format!("Allow: {}", lines.join(", "))),
        }
    })
}

/// A WWW-Authenticate header with a challenge of this scheme, where the refusal is a 401.
pub fn challenges(scheme: &'static str) -> Refusal {
    refusal(format!("a 401 with WWW-Authenticate: {scheme}"), move |response| {
        let challenges = response.headers.get_all(WWW_AUTHENTICATE).iter();
        let mut challenges = challenges.map(|challenge| String::from_utf8_lossy(challenge.as_bytes()));
        let names_scheme = |challenge: &str| {
            let word = challenge.trim_start().split([' ', ',']).next().unwrap_or_default();
            word.eq_ignore_ascii_case(scheme)
        };
        match response.status {
            StatusCode::UNAUTHORIZED if !challenges.any(|challenge| names_scheme(&challenge)) => {
                Err(format!("{} without it", response.status))
            }
            _ => Ok(()),
        }
    })
}

/// The status and body of another refusal.
pub fn same_answer_as(other: &Response) -> Refusal {
    let other = other.clone();
    refusal(format!("the same answer: {}", other.summary()), move |response| {
        let same_body = match (response.json(), other.json()) {
            (Some(one), Some(another)) => one == another,
            _ => response.body == other.body,
        };
        match same_body && response.status == other.status {
            true => Ok(()),
            false => Err(response.summary()),
        }
    })
}

fn shown_at(response: &Response, pointer: &str) -> Actual {
    match response.json().and_then(|json| json.pointer(pointer)) {
        Some(found) => format!("{found} at {pointer}"),
        None => format!("nothing there; {}", response.summary()),
    }
}
