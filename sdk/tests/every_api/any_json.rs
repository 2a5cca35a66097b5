//! Bodies that a server might send.

use proptest::prelude::*;
use serde_json::Value;

/// JSON with members of these names, whole or cut off, or any bytes at all.
pub(crate) fn any_body(members: &'static [&'static str]) -> impl Strategy<Value = Vec<u8>> {
    let json = || any_json(members).prop_map(|value| value.to_string().into_bytes());
    let cut = (json(), any::<prop::sample::Index>()).prop_map(|(mut body, at)| {
        body.truncate(at.index(body.len() + 1));
        body
    });
    prop_oneof![json(), cut, prop::collection::vec(any::<u8>(), 0..64)]
}

/// JSON with members of these names.
pub(crate) fn any_json(members: &'static [&'static str]) -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 48, 6, move |inner| {
        let named = (prop::sample::select(members).prop_map(str::to_owned), inner.clone());
        prop_oneof![
            prop::collection::vec(inner, 0..6).prop_map(Value::from),
            prop::collection::vec(named, 0..6).prop_map(|members| members.into_iter().collect()),
        ]
    })
}
