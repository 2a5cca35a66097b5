//! What makes the next event of a visit cheaper.

use http::header::{HeaderName, HeaderValue};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Deserializer, de};

use crate::ConfigurationError;
use crate::secret::secret_value;

/// What a server gives with a [receipt](super::Receipt), to be sent with the next event of the **same visitor**: it then
/// looks up neither website nor session, and keeps to the visit.
///
/// With care: a server does not check the website of an event that comes with one, so that a website that is gone
/// goes on being counted; and the event of another visitor is counted to a session that does not exist. `Debug` does not
/// show it.
#[derive(Debug, Clone)]
pub struct VisitCache(SecretString);

impl VisitCache {
    /// One from where it was kept.
    pub fn new(cache: impl Into<SecretString>) -> Self {
        Self(cache.into())
    }

    /// The text, to be kept with what else is known of the visitor.
    pub fn expose_secret(&self) -> &str {
        self.0.expose_secret()
    }

    /// `x-umami-cache: …`
    pub(super) fn header(&self) -> Result<(HeaderName, HeaderValue), ConfigurationError> {
        Ok((HeaderName::from_static("x-umami-cache"), secret_value("visit cache", "", &self.0)?))
    }
}

impl<'de> Deserialize<'de> for VisitCache {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let cache = Self(SecretString::deserialize(deserializer)?);
        cache.header().map_err(|_| de::Error::custom("expected a text that fits into a header"))?;
        Ok(cache)
    }
}
