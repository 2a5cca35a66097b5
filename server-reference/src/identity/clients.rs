//! Which client a request is of (RFC 6749 §2.3.1).

use super::instance::Instance;
use super::seed::Client;
use crate::authorization::{credentials, pair};
use crate::query::parameter;
use axum::http::HeaderMap;
use secrecy::ExposeSecret as _;
use url::form_urlencoded;

/// The client that proves itself by Basic, or else in the form.
pub(super) fn authenticated<'a>(instance: &'a Instance, headers: &HeaderMap, form: &str) -> Option<&'a Client> {
    let (id, secret) = match credentials(headers) {
        Some((scheme, encoded)) if scheme.eq_ignore_ascii_case("Basic") => {
            let pair = pair(encoded)?;
            let (id, secret) = pair.split_once(':')?;
            (decoded(id), decoded(secret))
        }
        _ => (parameter(form, "client_id")?, parameter(form, "client_secret")?),
    };
    instance.client(&id).filter(|client| client.secret.expose_secret() == secret)
}

/// Id and secret stand in Basic as in a form.
fn decoded(text: &str) -> String {
    let text = text.replace('&', "%26").replace('=', "%3D");
    form_urlencoded::parse(text.as_bytes()).map(|(name, _)| name).collect()
}
