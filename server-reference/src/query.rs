//! Queries and forms, which are written alike (application/x-www-form-urlencoded).

use url::form_urlencoded;

/// What the first parameter of a name holds, if it holds anything.
pub(crate) fn parameter(query: &str, name: &str) -> Option<String> {
    let mut parameters = form_urlencoded::parse(query.as_bytes());
    let (_, value) = parameters.find(|(named, value)| named == name && !value.is_empty())?;
    Some(value.into_owned())
}

/// A text as it stands in a query.
pub(crate) fn encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
