//! What the body of a send says.

use super::Deviation;
use super::address::{self, Address};
use super::faults::{Faults, wrong_type};
use super::instance::Instance;
use super::{id, number, text};
use serde_json::{Map, Value};
use std::borrow::Cow;

/// The members that something is done with.
#[derive(Default)]
pub(super) struct Message<'a> {
    /// It tells of an event; the other types, `identify` and `performance`, do not.
    pub(super) is_event: bool,
    pub(super) website: Option<Cow<'a, str>>,
    /// There is that website.
    pub(super) is_there: bool,
    pub(super) hostname: Option<Cow<'a, str>>,
    pub(super) title: Option<Cow<'a, str>>,
    pub(super) path: String,
    pub(super) query: String,
    pub(super) name: Option<Cow<'a, str>>,
    pub(super) has_data: bool,
    /// What the application knows the visitor as.
    pub(super) id: Option<Cow<'a, str>>,
    pub(super) ip: Option<Cow<'a, str>>,
    pub(super) user_agent: Option<Cow<'a, str>>,
    /// Seconds since 1970.
    pub(super) timestamp: Option<i64>,
}

impl<'a> Message<'a> {
    /// All that can be read of a body, and all that is wrong with it.
    pub(super) fn read(instance: &Instance, body: Option<&'a Value>) -> (Self, Faults) {
        let Some(Value::Object(body)) = body else {
            return (Self::default(), Faults::of(wrong_type("object", body)));
        };
        let mut faults = Faults::default();
        let is_event = faults.check("type", is_event(instance, body.get("type"))).unwrap_or(true);
        let (message, faults_of_payload) = match body.get("payload") {
            Some(Value::Object(payload)) => Self::read_payload(instance, payload),
            other => (Self::default(), Faults::of(wrong_type("object", other))),
        };
        faults.put("payload", faults_of_payload);
        (Self { is_event, ..message }, faults)
    }

    fn read_payload(instance: &Instance, payload: &'a Map<String, Value>) -> (Self, Faults) {
        let mut faults = Faults::default();
        let mut message = Self::default();
        let (mut website, mut data) = (None, None);
        for (member, value) in payload {
            let text = |longest| match value {
                Value::String(text) => text::bounded(text, longest).map(Cow::Borrowed),
                other if instance.deviates(Deviation::PayloadTypesUnchecked) => Ok(Cow::Owned(other.to_string())),
                other => Err(wrong_type("string", Some(other))),
            };
            let any = usize::MAX;
            match member.as_str() {
                "hostname" => message.hostname = faults.check("hostname", text(100)),
                "title" => message.title = faults.check("title", text(any)),
                "name" => message.name = unless_empty(faults.check("name", text(50))),
                "ip" => message.ip = unless_empty(faults.check("ip", text(any))),
                "userAgent" => message.user_agent = unless_empty(faults.check("userAgent", text(any))),
                "id" => {
                    let id = text(any).and_then(|id| text::of_characters(id, 50));
                    message.id = unless_empty(faults.check("id", id));
                }
                "url" => {
                    let page = text(any).and_then(|url| Address::read(&url));
                    Address { path: message.path, query: message.query } =
                        faults.check("url", page).unwrap_or_default();
                }
                "website" => website = Some(value),
                "data" => data = Some(value),
                "timestamp" => message.timestamp = faults.check("timestamp", timestamp(value)),
                // Of these nothing is kept.
                "referrer" => {
                    let _ = faults.check("referrer", text(any).and_then(|url| address::after_host(&url).map(drop)));
                }
                "language" => drop(faults.check("language", text(35))),
                "screen" => drop(faults.check("screen", text(11))),
                "tag" => drop(faults.check("tag", text(50))),
                _ => {}
            }
        }
        // These may be faults where they are missing.
        let website = faults.check("website", website_of(instance, website)).flatten();
        message.is_there = website.as_ref().is_some_and(|(_, is_there)| *is_there);
        message.website = website.map(|(id, _)| id);
        message.has_data = faults.check("data", has_data(instance, data)).unwrap_or(false);
        (message, faults)
    }
}

fn unless_empty(text: Option<Cow<'_, str>>) -> Option<Cow<'_, str>> {
    text.filter(|text| !text.is_empty())
}

fn is_event(instance: &Instance, value: Option<&Value>) -> Result<bool, String> {
    match value.and_then(Value::as_str) {
        _ if instance.deviates(Deviation::AnyType) => Ok(true),
        Some("event") => Ok(true),
        Some("identify" | "performance") => Ok(false),
        _ => Err(r#"Invalid option: expected one of "event"|"identify"|"performance""#.to_owned()),
    }
}

/// The id of a website that there is, or of one that there could be, and which of these it is.
fn website_of<'a>(instance: &Instance, value: Option<&'a Value>) -> Result<Option<(Cow<'a, str>, bool)>, String> {
    let value = match value {
        Some(Value::Array(ids)) if instance.deviates(Deviation::WebsiteOfAnyType) => ids.first(),
        other => other,
    };
    match value {
        None if instance.deviates(Deviation::WebsiteNotRequired) => Ok(None),
        None => Err("Exactly one of website, link, or pixel must be provided".to_owned()),
        Some(Value::String(website)) => {
            let is_there = instance.has_website(website);
            match is_there || id::is_uuid(website) || instance.deviates(Deviation::AnyWebsite) {
                true => Ok(Some((website.into(), is_there))),
                false => Err("Invalid UUID".to_owned()),
            }
        }
        other => Err(wrong_type("string", other)),
    }
}

fn has_data(instance: &Instance, value: Option<&Value>) -> Result<bool, String> {
    match value {
        None if !instance.deviates(Deviation::DataRequired) => Ok(false),
        Some(Value::Object(data)) => {
            let is_flat = !data.values().any(|value| value.is_object() || value.is_array());
            match is_flat || !instance.deviates(Deviation::FlatDataOnly) {
                true => Ok(!data.is_empty()),
                false => Err("Invalid input: expected flat record".to_owned()),
            }
        }
        Some(_) if instance.deviates(Deviation::PayloadTypesUnchecked) => Ok(true),
        other => Err(wrong_type("record", other)),
    }
}

fn timestamp(value: &Value) -> Result<i64, String> {
    /// The end of the year 9999, after which dates have another form.
    const LAST: i64 = 253_402_300_799;
    let number = match value {
        Value::String(text) => number::in_text(text),
        other => other.as_f64(),
    };
    match number::whole(number)? {
        past if past < 0 => Err("Too small: expected number to be >=0".to_owned()),
        future if future > LAST => Err(format!("Too big: expected number to be <={LAST}")),
        seconds => Ok(seconds),
    }
}
