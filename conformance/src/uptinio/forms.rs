//! The forms that the document gives refusals, and what else answers show.

use crate::exchange::Response;
use crate::expect::{Expect, Refusal, shows, that};
use http::header::CACHE_CONTROL;
use serde_json::Value;
use std::collections::BTreeSet;

/// The texts of `errors`, where it is a list of them that is not empty.
pub(super) fn errors(response: &Response) -> Option<Vec<&str>> {
    let errors = response.json()?.pointer("/errors")?.as_array()?;
    let texts: Vec<_> = errors.iter().map(|error| error.as_str().filter(|text| !text.trim().is_empty())).collect();
    let texts = texts.into_iter().collect::<Option<Vec<_>>>()?;
    (!texts.is_empty()).then_some(texts)
}

/// The status that the document states of a success.
pub(super) fn answered_200() -> Expect {
    that("the status 200", |response| told(response, response.status.as_u16() == 200))
}

/// What was found out elsewhere.
pub(super) fn found(expected: &str, trouble: Option<String>) -> Expect {
    that(expected, move |_| trouble.clone().map_or(Ok(()), Err))
}

fn told(response: &Response, holds: bool) -> Result<(), String> {
    if holds { Ok(()) } else { Err(response.summary()) }
}

/// `{"errors": ["…"]}`
pub(super) fn error_list() -> Refusal {
    shows("`errors`, a list of texts none of which is empty", |response| told(response, errors(response).is_some()))
}

/// This text among `errors`, or as `errors`.
pub(super) fn error_text(wanted: &'static str) -> Refusal {
    shows(&format!("{wanted:?} in `errors`"), move |response| {
        let one = response.text_at("/errors").into_iter();
        told(response, errors(response).into_iter().flatten().chain(one).any(|text| text == wanted))
    })
}

/// A text that is not empty at a pointer.
pub(super) fn a_text(pointer: &'static str) -> Refusal {
    shows(&format!("a text at {pointer}"), move |response| {
        told(response, response.text_at(pointer).is_some_and(|text| !text.is_empty()))
    })
}

/// This value at a pointer.
pub(super) fn says(pointer: &'static str, wanted: impl Into<Value>) -> Refusal {
    let wanted = wanted.into();
    shows(&format!("{wanted} at {pointer}"), move |response| {
        told(response, response.json().and_then(|json| json.pointer(pointer)) == Some(&wanted))
    })
}

/// A status out of these.
pub(super) fn one_of(statuses: &'static [u16]) -> Refusal {
    let expected = statuses.iter().map(u16::to_string).collect::<Vec<_>>().join(" or ");
    shows(&format!("the status {expected}"), move |response| {
        told(response, statuses.contains(&response.status.as_u16()))
    })
}

/// The media type of JSON, on a refusal.
pub(super) fn is_json() -> Refusal {
    shows("the media type application/json", |response| {
        told(response, response.media_type().as_deref() == Some("application/json"))
    })
}

/// `Cache-Control: no-store`
pub(super) fn not_stored() -> Expect {
    that("Cache-Control with no-store", |response| {
        let lines = response.headers.get_all(CACHE_CONTROL).iter();
        let value = lines.map(|line| String::from_utf8_lossy(line.as_bytes())).collect::<Vec<_>>().join(", ");
        match value.split(',').any(|directive| directive.trim().eq_ignore_ascii_case("no-store")) {
            true => Ok(()),
            false if value.is_empty() => Err("no Cache-Control".to_owned()),
            false => Err(format!("Cache-Control: {value}")),
        }
    })
}

/// None of these texts anywhere in the answer.
pub(super) fn holds_none_of(what: &'static str, texts: Vec<String>) -> Expect {
    that(&format!("nothing of {what}"), move |response| {
        let body = String::from_utf8_lossy(&response.body);
        match texts.iter().any(|text| !text.is_empty() && body.contains(text.as_str())) {
            false => Ok(()),
            true => Err(format!("{what} in {}", response.summary())),
        }
    })
}

/// The text with small letters for capitals, and capitals for small letters.
pub(super) fn other_case(text: &str) -> String {
    let turned = |letter: char| match letter.is_uppercase() {
        true => letter.to_lowercase().collect::<String>(),
        false => letter.to_uppercase().collect::<String>(),
    };
    text.chars().map(turned).collect()
}

/// The names of an answer's members, at its top and in `user`.
pub(super) fn members(response: &Response) -> String {
    let beside = [response.members_beside("", &[]), response.members_beside("/user", &[])];
    format!("{}; in `user`: {}", beside[0], beside[1])
}

/// The names of all members, and no value.
pub(super) fn form(response: &Response) -> String {
    fn names(json: &Value, found: &mut BTreeSet<String>) {
        match json {
            Value::Object(members) => {
                for (name, value) in members {
                    found.insert(name.clone());
                    names(value, found);
                }
            }
            Value::Array(items) => items.iter().for_each(|item| names(item, found)),
            _ => {}
        }
    }
    let mut found = BTreeSet::new();
    response.json().into_iter().for_each(|json| names(json, &mut found));
    format!("{}; members: {}", response.status, found.into_iter().collect::<Vec<_>>().join(", "))
}
