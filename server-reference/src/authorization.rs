//! The Authorization header (RFC 9110 §11.4).

use axum::http::{HeaderMap, HeaderValue, header};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

/// The scheme, and what follows it. `None` if there is no such header, or more than one, of which it cannot be told
/// whose request it is.
pub(crate) fn credentials(headers: &HeaderMap) -> Option<(&str, &str)> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => split(value),
        _ => None,
    }
}

/// Whether any of the headers names a scheme, in whatever case, and whatever follows it.
pub(crate) fn names_scheme(headers: &HeaderMap, scheme: &str) -> bool {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    values.any(|value| split(value).is_some_and(|(named, _)| named.eq_ignore_ascii_case(scheme)))
}

fn split(value: &HeaderValue) -> Option<(&str, &str)> {
    let value = str::from_utf8(value.as_bytes()).ok()?;
    let (scheme, rest) = value.split_once(' ').unwrap_or((value, ""));
    Some((scheme, rest.trim_matches(' ')))
}

/// The pair that stands in Basic, as RFC 7617 encodes it: `name:password`, in UTF-8.
pub(crate) fn pair(encoded: &str) -> Option<String> {
    String::from_utf8(BASE64_STANDARD.decode(encoded).ok()?).ok()
}
