//! Secrets on their way into a request.

use http::HeaderValue;
use secrecy::{ExposeSecret as _, SecretString};

use crate::ConfigurationError;

/// The value of a header that is a secret, after what is none: `Bearer `, or nothing.
pub(crate) fn secret_value(
    what: &'static str,
    before: &str,
    secret: &SecretString,
) -> Result<HeaderValue, ConfigurationError> {
    let secret = secret.expose_secret();
    if secret.is_empty() {
        return Err(ConfigurationError::Empty(what));
    }
    let mut value = HeaderValue::try_from(format!("{before}{secret}")).map_err(|_| ConfigurationError::Header(what))?;
    value.set_sensitive(true);
    Ok(value)
}
