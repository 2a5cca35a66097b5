//! Holds requests against `openapi.yaml`.

use std::collections::BTreeSet;

use bytes::Bytes;
use http::header::{AUTHORIZATION, COOKIE};
use probity_fixtures::{Api, Operation};
use serde_json::Value;

/// Wants a request to be the operation's, with everything that is described: each parameter but those of `not_sent`, and
/// each member of the body. `segments` are the values of what varies in the path, which follows `prefix`.
pub(crate) fn is_described(
    api: &Api,
    operation: &Operation,
    request: &http::Request<Bytes>,
    prefix: &str,
    segments: &[(&str, &str)],
    not_sent: &[&str],
) {
    let name = operation.id;
    assert_eq!(request.method().as_str(), operation.method, "{name}");
    let path = request.uri().path().strip_prefix(prefix).expect("the prefix is kept");
    let expected = segments.iter().fold(operation.path.to_owned(), |path, (name, value)| path.replace(name, value));
    assert_eq!(path, expected, "{name}");

    let openapi: Value = serde_json::from_str(api.openapi).expect("JSON");
    let of_path = &openapi["paths"][operation.path];
    let described = &of_path[operation.method.to_lowercase()];
    let has_credentials = [AUTHORIZATION, COOKIE].iter().any(|name| request.headers().contains_key(name));
    let security = described["security"].as_array().or(openapi["security"].as_array()).expect("security");
    // An empty one among them says that none is wanted as well.
    let wanted = !security.is_empty() && !security.contains(&serde_json::json!({}));
    assert_eq!(has_credentials, wanted, "{name}");

    let parameters = [&of_path["parameters"], &described["parameters"]];
    let parameters = parameters.into_iter().filter_map(Value::as_array).flatten();
    let expected =
        parameters.map(|parameter| resolved(&openapi, parameter)).filter(|parameter| parameter["in"] != "path");
    let expected: BTreeSet<_> =
        expected.filter_map(|parameter| parameter["name"].as_str()).map(str::to_lowercase).collect();
    let query = request.uri().query().unwrap_or_default();
    let in_query = query.split('&').filter_map(|pair| pair.split_once('=')).map(|(name, _)| name.to_lowercase());
    let in_header = request.headers().keys().map(|name| name.as_str().to_owned());
    let not_sent = not_sent.iter().map(|name| name.to_lowercase());
    let sent: BTreeSet<_> = in_query.chain(in_header.chain(not_sent).filter(|name| expected.contains(name))).collect();
    assert_eq!(sent, expected, "{name}");

    let schema = &described["requestBody"]["content"]["application/json"]["schema"];
    let body: Value = serde_json::from_slice(request.body()).unwrap_or(Value::Null);
    has_the_members(&openapi, schema, &body, name);
}

/// What is described there, or by what it refers to.
pub(crate) fn resolved<'a>(openapi: &'a Value, described: &'a Value) -> &'a Value {
    match described["$ref"].as_str() {
        Some(reference) => openapi.pointer(reference.trim_start_matches('#')).expect(reference),
        None => described,
    }
}

/// Of a list the first item, since that is the one with everything; of an object all that is described.
fn has_the_members(openapi: &Value, schema: &Value, sent: &Value, name: &str) {
    let schema = resolved(openapi, schema);
    if schema["items"].is_object() {
        return has_the_members(openapi, &schema["items"], &sent[0], name);
    }
    let Some(described) = schema["properties"].as_object() else { return };
    let sent = sent.as_object().expect(name);
    assert_eq!(sent.keys().collect::<BTreeSet<_>>(), described.keys().collect::<BTreeSet<_>>(), "{name}");
    for (member, schema) in described {
        has_the_members(openapi, schema, &sent[member], name);
    }
}
