//! What of an event servers refuse, or answer with 500, as releases 2.19 to 3.1 do.

use serde_json::{Map, Value};
use url::{Url, form_urlencoded};

use super::event::Payload;
use crate::LengthUnit::{Characters, Utf16};
use crate::{FieldProblem, InvalidField};

/// Whether servers take it. The refusal names the field and the bound.
pub(super) fn check(payload: &Payload) -> Result<(), InvalidField> {
    let texts = [
        ("payload.name", &payload.name, 50, Utf16),
        ("payload.hostname", &payload.hostname, 100, Utf16),
        ("payload.language", &payload.language, 35, Utf16),
        ("payload.screen", &payload.screen, 11, Utf16),
        ("payload.tag", &payload.tag, 50, Utf16),
        ("payload.id", &payload.id, 50, Characters),
    ];
    for (field, text, most, unit) in texts {
        let Some(text) = text else { continue };
        InvalidField::if_longer(field, text, most, unit)?;
        has_no_nul(field, text)?;
    }
    // A title that is too long is cut by the server.
    has_no_nul("payload.title", payload.title.as_deref().unwrap_or_default())?;
    if payload.name.as_ref().is_some_and(String::is_empty) {
        return Err(InvalidField::new("payload.name", FieldProblem::Empty));
    }
    if payload.hostname.as_ref().is_some_and(|host| !is_host(host)) {
        return Err(InvalidField::new("payload.hostname", FieldProblem::NotAHost));
    }
    is_whole("payload.url", payload.url.as_deref().unwrap_or_default())?;
    is_whole("payload.referrer", payload.referrer.as_deref().unwrap_or_default())?;
    campaign(payload.url.as_deref().unwrap_or_default())?;
    let Some(data) = &payload.data else { return Ok(()) };
    if let (Some(_), Some(Value::String(currency))) = (data.get("revenue"), data.get("currency")) {
        InvalidField::if_longer("payload.data.currency", currency, 10, Characters)?;
    }
    members(data, "").map_err(|field| field.within("payload.data"))
}

/// Nothing, or what can stand in a URL where its host does.
fn is_host(host: &str) -> bool {
    host.is_empty() || is_plain_name(host) || Url::parse(&format!("https://{host}")).is_ok()
}

/// Names as most hosts have them. They are told at a glance; parsing a URL takes longer than all else of this check.
fn is_plain_name(host: &str) -> bool {
    let is_plain = |letters: &[u8]| {
        letters.len() < 64
            && letters.first().is_some_and(u8::is_ascii_lowercase)
            && letters.iter().all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit())
    };
    host.as_bytes().split(|letter| *letter == b'.').all(is_plain)
}

/// An address may be a path or any other text, but what begins as a URL must be one.
fn is_whole(field: &str, address: &str) -> Result<(), InvalidField> {
    let Some(rest) = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://")) else {
        return Ok(());
    };
    // What comes after a host that is one can be anything.
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    match is_plain_name(host) || Url::parse(address).is_ok() {
        true => Ok(()),
        false => Err(InvalidField::new(field, FieldProblem::NotAUrl)),
    }
}

/// The parameters of the URL that are stored one by one.
fn campaign(url: &str) -> Result<(), InvalidField> {
    const MOST: usize = 255;

    let url = url.split('#').next().unwrap_or_default();
    let (_, query) = url.split_once('?').unwrap_or_default();
    // Nothing in it can be longer than it is.
    if query.len() <= MOST {
        return Ok(());
    }
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        if ["utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term"].contains(&&*name) {
            InvalidField::if_longer(&name, &value, MOST, Characters).map_err(|field| field.within("payload.url"))?;
        }
    }
    Ok(())
}

/// The members of an object, each of which is stored under its path.
fn members(object: &Map<String, Value>, path: &str) -> Result<(), InvalidField> {
    for (name, value) in object {
        let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        match value {
            Value::Object(inner) => {
                members(inner, &path)?;
                continue;
            }
            Value::String(text) => {
                InvalidField::if_longer(&path, text, 500, Characters)?;
                has_no_nul(&path, text)?;
            }
            Value::Array(_) => InvalidField::if_longer(&path, &value.to_string(), 500, Characters)?,
            Value::Number(number) if number.as_f64().is_none_or(|number| number.abs() >= 1e15) => {
                return Err(InvalidField::new(path, FieldProblem::TooLarge));
            }
            Value::Number(_) | Value::Bool(_) | Value::Null => {}
        }
        InvalidField::if_longer(&path, &path, 500, Characters)?;
        has_no_nul(&path, &path)?;
    }
    Ok(())
}

fn has_no_nul(field: &str, text: &str) -> Result<(), InvalidField> {
    if text.contains('\0') { Err(InvalidField::new(field, FieldProblem::Nul)) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn whatever_is_plainly_a_host_is_one_in_a_url(host in "[a-z0-9.-]{0,12}|[a-z]{1,3}[a-z0-9]{0,70}([.][a-z0-9]{1,4}){0,3}") {
            prop_assert!(!is_plain_name(&host) || Url::parse(&format!("https://{host}")).is_ok(), "{}", host);
        }

        #[test]
        fn an_address_is_whole_where_it_parses(address in "https?://([a-z0-9.@:\\[\\]% é-]{0,12}|[a-z]{1,4}[.]example)([/?#\\\\]\\PC{0,6})?") {
            prop_assert_eq!(is_whole("payload.url", &address).is_ok(), Url::parse(&address).is_ok(), "{}", address);
        }
    }

    #[test]
    fn what_most_hosts_are_called_is_told_at_a_glance() {
        for host in ["example.com", "localhost", "shop.example", "a1.b2.c3"] {
            assert!(is_plain_name(host), "{host}");
        }
        for host in ["", ".", "a..b", "127.0.0.1", "0x7f.1", "example.com.", "a b", "example.com:8080", "é.example"] {
            assert!(!is_plain_name(host), "{host}");
        }
    }
}
