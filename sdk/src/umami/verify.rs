//! `POST /api/auth/verify`: whether a token is still valid.

use bytes::Bytes;
use http::header::ACCEPT;
use serde::Deserialize;

use super::{Error, Refusal, Token, UserId};
use crate::endpoint::{Endpoint, JSON, read_json};
use crate::lenient::boolean_or_its_text;
use crate::vocabulary::open_vocabulary;
use crate::{BaseUrl, ConfigurationError};

/// Asking a self-hosted Umami whether a token is still valid.
#[derive(Debug)]
pub struct Verify;

/// Whose token it is.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct VerifiedUser {
    /// The user's id.
    pub id: UserId,
    /// The name to sign in with.
    pub username: String,
    /// What the user may do.
    pub role: Role,
    /// Whether the user may do everything.
    #[serde(deserialize_with = "boolean_or_its_text")]
    pub is_admin: bool,
}

open_vocabulary! {
    /// What a user may do. The document names `admin` alone.
    Role {
        /// `admin`: everything.
        Admin = "admin",
        /// `user`: has websites of their own.
        User = "user",
        /// `view-only`: changes nothing.
        ViewOnly = "view-only",
    }
}

impl Endpoint for Verify {
    type Credential = Token;
    type Output = VerifiedUser;
    type Refusal = Refusal;
    const NAME: &'static str = "umami.verify";
    const IDEMPOTENT: bool = true;

    fn request(&self, base: &BaseUrl, token: &Token) -> Result<http::Request<Bytes>, ConfigurationError> {
        let (name, value) = token.header()?;
        let request = http::Request::post(String::from(base.join(["api", "auth", "verify"])?))
            .header(ACCEPT, JSON)
            .header(name, value)
            .body(Bytes::new())?;
        Ok(request)
    }

    fn secrets<'a>(&'a self, token: &'a Token) -> Vec<&'a str> {
        vec![token.expose_secret()]
    }

    fn read(&self, response: &http::Response<Bytes>) -> Result<VerifiedUser, Error> {
        read_json::<Self, _>(response)
    }
}
