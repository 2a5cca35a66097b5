//! What lets a call in: the token of a login, or Umami Cloud's API key.

use http::header::{AUTHORIZATION, HeaderName, HeaderValue};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Deserializer, de};

use crate::ConfigurationError;

/// The token that a login gives. `Debug` does not show it; its memory is wiped when it is dropped.
#[derive(Debug, Clone)]
pub struct Token(SecretString);

impl Token {
    /// A token from where it was kept.
    pub fn new(token: impl Into<SecretString>) -> Self {
        Self(token.into())
    }

    /// The token as text, to be kept where secrets are.
    pub fn expose_secret(&self) -> &str {
        self.0.expose_secret()
    }

    /// `Authorization: Bearer …`
    pub(super) fn header(&self) -> Result<(HeaderName, HeaderValue), ConfigurationError> {
        Ok((AUTHORIZATION, secret_value(format!("Bearer {}", self.expose_secret()), "token")?))
    }
}

impl<'de> Deserialize<'de> for Token {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let token = SecretString::deserialize(deserializer)?;
        // Nobody is signed in by an empty token, whatever the status says.
        if token.expose_secret().is_empty() {
            return Err(de::Error::custom("expected a token that is not empty"));
        }
        Ok(Self(token))
    }
}

/// A key to Umami Cloud, made on its settings page. `Debug` does not show it; its memory is wiped when it is dropped.
#[derive(Debug, Clone)]
pub struct ApiKey(SecretString);

impl ApiKey {
    /// A key from where it was kept.
    pub fn new(key: impl Into<SecretString>) -> Self {
        Self(key.into())
    }

    /// `x-umami-api-key: …`
    fn header(&self) -> Result<(HeaderName, HeaderValue), ConfigurationError> {
        let name = HeaderName::from_static("x-umami-api-key");
        Ok((name, secret_value(self.0.expose_secret().to_owned(), "API key")?))
    }
}

/// What lets a call in that a self-hosted Umami and Umami Cloud both have.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Access {
    /// A self-hosted Umami.
    Token(Token),
    /// Umami Cloud.
    ApiKey(ApiKey),
}

impl Access {
    pub(super) fn header(&self) -> Result<(HeaderName, HeaderValue), ConfigurationError> {
        match self {
            Access::Token(token) => token.header(),
            Access::ApiKey(key) => key.header(),
        }
    }

    /// The segment that all paths begin with.
    pub(super) fn root(&self) -> &'static str {
        match self {
            Access::Token(_) => "api",
            Access::ApiKey(_) => "v1",
        }
    }
}

impl From<Token> for Access {
    fn from(token: Token) -> Self {
        Access::Token(token)
    }
}

impl From<ApiKey> for Access {
    fn from(key: ApiKey) -> Self {
        Access::ApiKey(key)
    }
}

fn secret_value(text: String, what: &'static str) -> Result<HeaderValue, ConfigurationError> {
    let mut value = HeaderValue::try_from(text).map_err(|_| ConfigurationError::Header(what))?;
    value.set_sensitive(true);
    Ok(value)
}
