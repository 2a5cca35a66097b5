//! What lets a call in: the token of a login, or Umami Cloud's API key.

use std::iter;

use http::Method;
use http::header::{ACCEPT, HeaderName, HeaderValue};
use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use crate::bearer_token::bearer_token;
use crate::endpoint::JSON;
use crate::secret::secret_value;
use crate::{BaseUrl, ConfigurationError, InvalidSegment};

bearer_token! {
    /// The token that a login gives. `Debug` does not show it; its memory is wiped when it is dropped.
    Token
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
        Ok((name, secret_value("API key", "", &self.0)?))
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
    fn header(&self) -> Result<(HeaderName, HeaderValue), ConfigurationError> {
        match self {
            Access::Token(token) => token.header(),
            Access::ApiKey(key) => key.header(),
        }
    }

    pub(super) fn expose_secret(&self) -> &str {
        match self {
            Access::Token(token) => token.expose_secret(),
            Access::ApiKey(key) => key.0.expose_secret(),
        }
    }

    /// The URL of what this lets in to: Umami Cloud has `/v1` where a self-hosted server has `/api`.
    pub(super) fn url<'a>(
        &self,
        base: &BaseUrl,
        segments: impl IntoIterator<Item = &'a str>,
    ) -> Result<Url, InvalidSegment> {
        let root = match self {
            Access::Token(_) => "api",
            Access::ApiKey(_) => "v1",
        };
        base.join(iter::once(root).chain(segments))
    }

    /// The beginning of a request that this lets in.
    pub(super) fn request(&self, method: Method, url: &Url) -> Result<http::request::Builder, ConfigurationError> {
        let (name, value) = self.header()?;
        Ok(http::Request::builder().method(method).uri(url.as_str()).header(ACCEPT, JSON).header(name, value))
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
