//! Secrets in seed files.

use secrecy::SecretString;
use serde::{Deserialize as _, Deserializer, de};

/// Reads a text. Serde's own error would show what stands in its place.
pub(crate) fn secret<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SecretString, D::Error> {
    match toml::Value::deserialize(deserializer)? {
        toml::Value::String(secret) => Ok(secret.into()),
        _ => Err(de::Error::custom("this has to be a text in quotes")),
    }
}
