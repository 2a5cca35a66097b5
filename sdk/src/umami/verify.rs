//! `POST /api/auth/verify`: whether a token is still valid.

use std::fmt;

use bytes::Bytes;
use http::header::ACCEPT;
use serde::Deserialize;

use super::{Error, Refusal, Token, UserId};
use crate::endpoint::{Endpoint, read_json};
use crate::lenient::boolean_or_its_text;
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

/// What a user may do. The document names `admin` alone.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize)]
#[serde(from = "String")]
#[non_exhaustive]
pub enum Role {
    /// `admin`: everything.
    Admin,
    /// `user`: has websites of their own.
    User,
    /// `view-only`: changes nothing.
    ViewOnly,
    /// A role that this crate does not know, by its name.
    Other(String),
}

impl Role {
    /// The role's name.
    pub fn as_str(&self) -> &str {
        match self {
            Role::Admin => "admin",
            Role::User => "user",
            Role::ViewOnly => "view-only",
            Role::Other(name) => name,
        }
    }
}

impl From<String> for Role {
    fn from(name: String) -> Self {
        match name.as_str() {
            "admin" => Role::Admin,
            "user" => Role::User,
            "view-only" => Role::ViewOnly,
            _ => Role::Other(name),
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Endpoint for Verify {
    type Credential = Token;
    type Output = VerifiedUser;
    type Refusal = Refusal;
    const NAME: &'static str = "umami.verify";

    fn request(&self, base: &BaseUrl, token: &Token) -> Result<http::Request<Bytes>, ConfigurationError> {
        let (name, value) = token.header()?;
        let request = http::Request::post(base.join(["api", "auth", "verify"])?.as_str())
            .header(ACCEPT, "application/json")
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
