//! Queries and forms, which are written alike (application/x-www-form-urlencoded).

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};
use url::form_urlencoded;

/// What the first parameter of a name holds, if it holds anything.
pub(crate) fn parameter(query: &str, name: &str) -> Option<String> {
    let mut parameters = form_urlencoded::parse(query.as_bytes());
    let (_, value) = parameters.find(|(named, value)| named == name && !value.is_empty())?;
    Some(value.into_owned())
}

/// Bytes as they stand in a query, or in a cookie: all that is not unreserved (RFC 3986 §2.3) percent-encoded.
pub(crate) fn encoded(bytes: &[u8]) -> String {
    const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
    percent_encode(bytes, RESERVED).to_string()
}
