//! `POST /api/auth/login`: a user name and a password for a token.

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE};
use serde::Deserialize;
use serde_json::json;

use super::{Error, Refusal, Role, Token};
use crate::endpoint::{Endpoint, JSON, read_json};
use crate::id::opaque_id;
use crate::lenient::if_readable;
use crate::{BaseUrl, ConfigurationError, Credentials};

/// Signing in to a self-hosted Umami.
#[derive(Debug)]
pub struct Login<'a> {
    credentials: &'a Credentials,
}

impl<'a> Login<'a> {
    /// Signing in with these.
    pub fn new(credentials: &'a Credentials) -> Self {
        Self { credentials }
    }
}

/// What a login gives.
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct LoggedIn {
    /// What lets the calls in that follow.
    pub token: Token,
    /// Whose it is.
    pub user: User,
}

/// The user that signed in.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct User {
    /// The user's id.
    pub id: UserId,
    /// The name to sign in with.
    pub username: String,
    /// When the user was made, as the server writes it: `2020-04-20 01:00:00` in the document, RFC 3339 since 2.x.
    /// `None` also where it is no text.
    #[serde(default, deserialize_with = "if_readable")]
    pub created_at: Option<String>,
    /// What the user may do. Not in the document; releases tell it. `None` also where it is no text.
    #[serde(default, deserialize_with = "if_readable")]
    pub role: Option<Role>,
}

opaque_id! {
    /// A user's id.
    UserId
}

impl Endpoint for Login<'_> {
    type Credential = ();
    type Output = LoggedIn;
    type Refusal = Refusal;
    const NAME: &'static str = "umami.login";

    fn request(&self, base: &BaseUrl, (): &()) -> Result<http::Request<Bytes>, ConfigurationError> {
        self.credentials.check("username")?;
        let body = json!({ "username": self.credentials.username(), "password": self.credentials.expose_password() });
        let request = http::Request::post(String::from(base.join(["api", "auth", "login"])?))
            .header(ACCEPT, JSON)
            .header(CONTENT_TYPE, JSON)
            .body(body.to_string().into())?;
        Ok(request)
    }

    fn secrets<'a>(&'a self, (): &()) -> Vec<&'a str> {
        vec![self.credentials.expose_password()]
    }

    fn read(&self, response: &http::Response<Bytes>) -> Result<LoggedIn, Error> {
        read_json::<Self, _>(response)
    }
}
