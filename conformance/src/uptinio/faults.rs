//! What may be wrong with a request's body.

use crate::request::Request;
use serde_json::{Value, json};

/// Makes a faulty request of a proper one.
pub(super) type Fault = Box<dyn Fn(Request) -> Request>;

/// The three ways in which a member may be missing.
pub(super) fn missing(pointer: &'static str) -> [(&'static str, Fault); 3] {
    [
        ("left out", Box::new(move |request| request.without(pointer))),
        ("null", Box::new(move |request| request.set(pointer, Value::Null))),
        ("empty", Box::new(move |request| request.set(pointer, ""))),
    ]
}

/// Values of every JSON type but text and null, made of the proper one where that is possible.
pub(super) fn of_other_types(proper: &str) -> [(&'static str, Value); 6] {
    [
        ("a number", json!(1)),
        ("true", json!(true)),
        ("an empty object", json!({})),
        ("a database's query operator", json!({ "$ne": null })),
        ("an empty array", json!([])),
        ("the text in an array", json!([proper])),
    ]
}

/// Bodies that are no JSON object, made of a proper one where that is possible.
pub(super) fn no_objects(proper: &[u8]) -> [(&'static str, Vec<u8>); 10] {
    [
        ("an empty body", Vec::new()),
        ("a text that is no JSON", b"this is not JSON".to_vec()),
        ("a JSON object that is cut short", proper[..proper.len().saturating_sub(1)].to_vec()),
        ("two JSON objects", [proper, proper].concat()),
        ("an array", b"[]".to_vec()),
        ("the object in an array", [b"[", proper, b"]"].concat()),
        ("a JSON text", b"\"user\"".to_vec()),
        ("null", b"null".to_vec()),
        ("bytes that are no UTF-8", b"{\"user\":\"\xff\xfe\",\"email\":\"\xff\xfe\"}".to_vec()),
        ("arrays nested 10 000 deep", b"[".repeat(10_000)),
    ]
}
