//! What lets a request in: the cookie of a session, a name and a password by Basic, or what a visitor sent.

use ::cookie::Cookie;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use http::HeaderMap;
use http::header::{AUTHORIZATION, COOKIE, HeaderName, HeaderValue};
use secrecy::{ExposeSecret as _, SecretString};

use super::SessionCookie;
use crate::secret::secret_value;
use crate::{ConfigurationError, Credentials, FieldProblem, InvalidField};

/// What a request is let in by.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Access {
    /// By nothing.
    Anonymous,
    /// By the cookie of a session.
    Session(SessionCookie),
    /// By name and password, sent along.
    Basic(BasicAuth),
    /// By what a visitor's own request brought.
    Visitor(VisitorCredentials),
}

/// A name and a password in the form of RFC 7617. It does not expire, and accounts with TOTP are not let in by it.
/// `Debug` does not show it.
#[derive(Debug, Clone)]
pub struct BasicAuth {
    credentials: Credentials,
    pair: SecretString,
}

/// The `Cookie` and `Authorization` headers of a visitor's request as they came, for an application that asks about its
/// visitors. `Debug` does not show them.
#[derive(Clone)]
pub struct VisitorCredentials {
    cookies: Option<SecretString>,
    authorization: Option<SecretString>,
    /// What in these headers is secret by itself.
    secrets: Vec<SecretString>,
}

impl Access {
    /// What the headers of a visitor's request bring: [`VisitorCredentials::of`].
    pub fn of(headers: &HeaderMap) -> Self {
        Access::Visitor(VisitorCredentials::of(headers))
    }

    pub(super) fn add_to(&self, request: http::request::Builder) -> Result<http::request::Builder, ConfigurationError> {
        match self {
            Access::Anonymous => Ok(request),
            Access::Session(cookie) => Ok(request.header(COOKIE, cookie.0.header()?)),
            Access::Basic(basic) => Ok(request.header(AUTHORIZATION, basic.header()?)),
            Access::Visitor(visitor) => {
                Ok(visitor.headers()?.into_iter().fold(request, |request, (name, value)| request.header(name, value)))
            }
        }
    }

    pub(super) fn secrets(&self) -> Vec<&str> {
        match self {
            Access::Anonymous => Vec::new(),
            Access::Session(cookie) => vec![cookie.0.expose_value()],
            Access::Basic(basic) => vec![basic.credentials.expose_password(), basic.pair.expose_secret()],
            Access::Visitor(visitor) => visitor.secrets.iter().map(|secret| secret.expose_secret()).collect(),
        }
    }
}

impl BasicAuth {
    /// This name and password.
    pub fn new(credentials: Credentials) -> Self {
        let pair = SecretString::from(format!("{}:{}", credentials.username(), credentials.expose_password()));
        let pair = BASE64_STANDARD.encode(pair.expose_secret()).into();
        Self { credentials, pair }
    }

    /// `Authorization: Basic …`
    fn header(&self) -> Result<HeaderValue, ConfigurationError> {
        if self.credentials.username().contains(':') {
            return Err(InvalidField::new("username", FieldProblem::Colon).into());
        }
        secret_value("password", "Basic ", &self.pair)
    }
}

impl VisitorCredentials {
    /// Those that the headers of a request hold, verbatim; none where they hold none.
    pub fn of(headers: &HeaderMap) -> Self {
        // HTTP/2 may send each cookie in a header of its own, HTTP/1.1 wants one header for all (RFC 9113, 8.2.3).
        let cookies: Vec<_> = headers.get_all(COOKIE).iter().map(text).collect();
        let cookies = (!cookies.is_empty()).then(|| cookies.join("; "));
        let authorization = headers.get(AUTHORIZATION).map(text);
        let values = Cookie::split_parse(cookies.clone().unwrap_or_default());
        let values = values.flatten().map(|cookie| cookie.value().to_owned());
        let secrets = values.chain(authorization.iter().flat_map(|value| in_authorization(value)));
        Self {
            secrets: secrets.map(SecretString::from).collect(),
            cookies: cookies.map(SecretString::from),
            authorization: authorization.map(SecretString::from),
        }
    }

    fn headers(&self) -> Result<Vec<(HeaderName, HeaderValue)>, ConfigurationError> {
        let cookies = self.cookies.iter().map(|value| (COOKIE, "visitor's Cookie header", value));
        let authorization =
            self.authorization.iter().map(|value| (AUTHORIZATION, "visitor's Authorization header", value));
        let sent = cookies.chain(authorization).filter(|(_, _, value)| !value.expose_secret().is_empty());
        sent.map(|(name, what, value)| Ok((name, secret_value(what, "", value)?))).collect()
    }
}

/// A header that is no text cannot be forwarded as one; with U+FFFD in it, it fits nobody's password.
fn text(value: &HeaderValue) -> String {
    String::from_utf8_lossy(value.as_bytes()).into_owned()
}

/// What follows the scheme, and of Basic the password too.
fn in_authorization(value: &str) -> Vec<String> {
    let token = value.split_once(' ').map_or(value, |(_, token)| token.trim());
    let pair = BASE64_STANDARD.decode(token).ok().and_then(|pair| String::from_utf8(pair).ok());
    let password = pair.as_deref().and_then(|pair| pair.split_once(':')).map(|(_, password)| password.to_owned());
    password.into_iter().chain([token.to_owned()]).collect()
}

impl From<SessionCookie> for Access {
    fn from(cookie: SessionCookie) -> Self {
        Access::Session(cookie)
    }
}

impl From<BasicAuth> for Access {
    fn from(basic: BasicAuth) -> Self {
        Access::Basic(basic)
    }
}

impl From<Credentials> for Access {
    fn from(credentials: Credentials) -> Self {
        Access::Basic(BasicAuth::new(credentials))
    }
}

impl From<VisitorCredentials> for Access {
    fn from(visitor: VisitorCredentials) -> Self {
        Access::Visitor(visitor)
    }
}

impl std::fmt::Debug for VisitorCredentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("VisitorCredentials")
            .field("cookies", &self.cookies)
            .field("authorization", &self.authorization)
            .finish_non_exhaustive()
    }
}
