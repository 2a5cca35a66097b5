//! `GET /api/v1/auth/validate`: whether a user token is good.

use bytes::Bytes;
use http::{Method, StatusCode};
use serde::Deserialize;

use super::outcome::told;
use super::request::{plain, url};
use super::{Error, Refusal, User, UserToken};
use crate::endpoint::{Endpoint, read_json};
use crate::lenient::boolean_or_its_text;
use crate::{BaseUrl, ConfigurationError, Refusal as _};

/// Asking whether a user token is good.
#[derive(Debug, Clone, Copy)]
pub struct Validate;

/// Whether a user token is good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Validity {
    /// It is, and this is whose it is.
    Valid(User),
    /// It is not: it has expired, nobody gave it, or its user is banned.
    #[non_exhaustive]
    Invalid {
        /// Why, for people, in Uptinio's words.
        messages: Vec<String>,
    },
}

impl Validity {
    /// Whose token it is, if it is good.
    pub fn user(self) -> Option<User> {
        match self {
            Validity::Valid(user) => Some(user),
            Validity::Invalid { .. } => None,
        }
    }

    /// Whether it is good.
    pub fn is_valid(&self) -> bool {
        matches!(self, Validity::Valid(_))
    }
}

#[derive(Deserialize)]
struct Valid {
    #[serde(rename = "valid", deserialize_with = "boolean_or_its_text")]
    _valid: bool,
    user: User,
}

impl Endpoint for Validate {
    type Credential = UserToken;
    type Output = Validity;
    type Refusal = Refusal;
    const NAME: &'static str = "uptinio.validate";
    const IDEMPOTENT: bool = true;

    fn request(&self, base: &BaseUrl, token: &UserToken) -> Result<http::Request<Bytes>, ConfigurationError> {
        plain(Method::GET, &url(base, ["auth", "validate"])?, token.header()?)
    }

    fn secrets<'a>(&'a self, token: &'a UserToken) -> Vec<&'a str> {
        vec![token.expose_secret()]
    }

    /// The document shows `valid: false` without a status, and the 401 of a token that is not good without `valid`: either
    /// is the answer that was asked for.
    fn read(&self, response: &http::Response<Bytes>) -> Result<Validity, Error> {
        let status = response.status();
        let refusal = Refusal::read(response);
        let says_no = match told(response, "valid") {
            Some(valid) => !valid && (status.is_success() || status.is_client_error()),
            None => status == StatusCode::UNAUTHORIZED && refusal.is_some(),
        };
        if says_no {
            return Ok(Validity::Invalid { messages: refusal.map(Refusal::into_messages).unwrap_or_default() });
        }
        read_json::<Self, Valid>(response).map(|Valid { user, .. }| Validity::Valid(user))
    }
}
