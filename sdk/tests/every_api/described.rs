//! Answers that `openapi.yaml` allows.

use probity_fixtures::Operation;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::any_json::any_json;

/// Any successful answer of the operation: each member that need not be there is missing at times, and others are there
/// that are not described.
pub(crate) fn any_described_answer(operation: &Operation) -> BoxedStrategy<Value> {
    let answer: Value = serde_json::from_str(operation.answer).expect("JSON");
    described(&answer["content"]["application/json"]["schema"])
}

fn described(schema: &Value) -> BoxedStrategy<Value> {
    if let Some(constant) = schema.get("const") {
        return Just(constant.clone()).boxed();
    }
    if let Some(words) = schema["enum"].as_array() {
        return prop::sample::select(words.clone()).boxed();
    }
    // What all of them ask for are forms of one text; what holds only at times is what any of them allows.
    let parts = ["allOf", "anyOf", "oneOf"].iter().filter_map(|word| schema[word].as_array()).flatten();
    let parts: Vec<_> = parts.collect();
    // One of several whole forms.
    let forms: Vec<_> = parts.iter().filter(|part| part["type"].is_string() && !part["pattern"].is_string()).collect();
    if schema["type"].is_null() && !forms.is_empty() {
        return prop::strategy::Union::new(forms.into_iter().copied().map(described)).boxed();
    }
    let parts: Vec<_> = parts.into_iter().filter(|part| part["pattern"].is_string()).chain([schema]).collect();
    let types = match &schema["type"] {
        Value::Array(types) => types.iter().filter_map(Value::as_str).collect(),
        Value::String(one) => vec![&**one],
        _ if schema["properties"].is_object() => vec!["object"],
        _ if schema["items"].is_object() => vec!["array"],
        _ => return any_json(&["api_token", "token", "id"]).boxed(),
    };
    let kinds = types.into_iter().map(|kind| match kind {
        "object" => object(schema).boxed(),
        "array" => prop::collection::vec(described(&schema["items"]), 0..3).prop_map(Value::from).boxed(),
        "string" => text(&parts).prop_map(Value::from).boxed(),
        // Numbers here are ids and counts.
        "integer" => (0u64..=u64::from(u32::MAX)).prop_map(Value::from).boxed(),
        "number" => any::<f32>().prop_map(|number| json!(number)).boxed(),
        "boolean" => any::<bool>().prop_map(Value::from).boxed(),
        "null" => Just(Value::Null).boxed(),
        other => panic!("{other} is no type"),
    });
    prop::strategy::Union::new(kinds).boxed()
}

fn object(schema: &Value) -> impl Strategy<Value = Value> + use<> {
    let required = |name: &str| {
        schema["required"].as_array().is_some_and(|required| required.iter().any(|required| required == name))
    };
    let members = schema["properties"].as_object().cloned().unwrap_or_default();
    let members: Vec<_> = members
        .iter()
        .map(|(name, schema)| {
            let value = described(schema).prop_map(Some);
            let value = if required(name) { value.boxed() } else { prop_oneof![value, Just(None)].boxed() };
            value.prop_map({
                let name = name.clone();
                move |value| value.map(|value| (name.clone(), value))
            })
        })
        .collect();
    let others = match &schema["additionalProperties"] {
        additional @ Value::Object(_) => described(additional),
        _ => any_json(&["id"]).boxed(),
    };
    let others = prop::collection::vec(("x_[a-z]{1,8}", others), 0..3);
    (members, others)
        .prop_map(|(members, others)| Value::Object(members.into_iter().flatten().chain(others).collect::<Map<_, _>>()))
}

fn text(parts: &[&Value]) -> BoxedStrategy<String> {
    const MOMENT: &str =
        "20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.][0-9]{1,6})?Z";
    let pattern = parts.iter().find_map(|part| part["pattern"].as_str());
    let pattern = pattern.map(|pattern| pattern.trim_start_matches('^').trim_end_matches('$'));
    let pattern = match pattern {
        Some(pattern) => pattern,
        None if parts.iter().any(|part| part["format"] == "date-time") => MOMENT,
        // A token has to fit into a header.
        None => "[!-~]([ -~]{0,20}[!-~])?",
    };
    prop::string::string_regex(pattern).expect(pattern).boxed()
}
