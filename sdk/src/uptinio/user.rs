//! `GET /api/v1/users/:id`: a user's details. The document names the call and no more.

use bytes::Bytes;
use http::Method;

use super::request::{plain, url};
use super::{Error, Json, Refusal, UserId, UserToken};
use crate::endpoint::{Endpoint, read_json};
use crate::{BaseUrl, ConfigurationError};

/// Asking for a user's details.
#[derive(Debug, Clone)]
pub struct GetUser {
    id: UserId,
}

impl GetUser {
    /// Of this user.
    pub fn new(id: impl Into<UserId>) -> Self {
        Self { id: id.into() }
    }
}

impl Endpoint for GetUser {
    type Credential = UserToken;
    type Output = Json;
    type Refusal = Refusal;
    const NAME: &'static str = "uptinio.user";
    const IDEMPOTENT: bool = true;

    fn request(&self, base: &BaseUrl, token: &UserToken) -> Result<http::Request<Bytes>, ConfigurationError> {
        plain(Method::GET, &url(base, ["users", self.id.as_str()])?, token.header()?)
    }

    fn secrets<'a>(&'a self, token: &'a UserToken) -> Vec<&'a str> {
        vec![token.expose_secret()]
    }

    fn read(&self, response: &http::Response<Bytes>) -> Result<Json, Error> {
        read_json::<Self, _>(response)
    }
}
