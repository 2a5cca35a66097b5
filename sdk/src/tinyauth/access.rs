//! What lets a request in: the cookie of a session, a name and a password by Basic, or what a visitor sent.

use ::cookie::Cookie;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use http::HeaderMap;
use http::header::{AUTHORIZATION, COOKIE, HeaderValue};
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
#[derive(Debug, Clone)]
pub struct VisitorCredentials {
    cookies: Vec<HeaderValue>,
    authorization: Vec<HeaderValue>,
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
            Access::Visitor(visitor) => visitor.add_to(request),
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
        let (username, password) = (self.credentials.username(), self.credentials.expose_password());
        if username.contains(':') {
            return Err(InvalidField::new("username", FieldProblem::Colon).into());
        }
        for (field, text) in [("username", username), ("password", password)] {
            if text.contains(|character: char| character.is_ascii_control()) {
                return Err(InvalidField::new(field, FieldProblem::Control).into());
            }
        }
        secret_value("password", "Basic ", &self.pair)
    }
}

impl VisitorCredentials {
    /// Those that the headers of a request hold, byte for byte; none where they hold none.
    pub fn of(headers: &HeaderMap) -> Self {
        let all = |name| -> Vec<_> { headers.get_all(name).iter().map(as_secret).collect() };
        let (cookies, authorization) = (all(COOKIE), all(AUTHORIZATION));
        let in_cookies = cookies.iter().flat_map(|line| Cookie::split_parse(text(line)).flatten());
        let in_cookies = in_cookies.map(|cookie| cookie.value().to_owned());
        let secrets = in_cookies.chain(authorization.iter().flat_map(|line| in_authorization(&text(line))));
        Self { secrets: secrets.map(SecretString::from).collect(), cookies, authorization }
    }

    fn add_to(&self, request: http::request::Builder) -> Result<http::request::Builder, ConfigurationError> {
        let authorization = self.authorization.iter();
        let request = authorization.fold(request, |request, line| request.header(AUTHORIZATION, line));
        if self.cookies.is_empty() {
            return Ok(request);
        }
        // HTTP/2 may send each cookie in a header of its own, HTTP/1.1 wants one header for all (RFC 9113, 8.2.3).
        let cookies: Vec<_> = self.cookies.iter().map(HeaderValue::as_bytes).collect();
        let cookies = HeaderValue::from_bytes(&cookies.join(&b"; "[..]));
        let cookies = cookies.map_err(|_| ConfigurationError::Header("visitor's Cookie header"))?;
        Ok(request.header(COOKIE, as_secret(&cookies)))
    }
}

fn as_secret(value: &HeaderValue) -> HeaderValue {
    let mut value = value.clone();
    value.set_sensitive(true);
    value
}

/// As far as it is text: what is looked for in it is.
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
