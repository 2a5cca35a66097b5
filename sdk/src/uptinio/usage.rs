//! `GET /api/v1/accounts/usage`: what a project uses, of what its plan has. The document names the call and no more.

use bytes::Bytes;
use http::Method;

use super::request::{plain, url};
use super::{Error, Json, ProjectToken, Refusal};
use crate::endpoint::{Endpoint, read_json};
use crate::{BaseUrl, ConfigurationError};

/// Asking what a project uses.
#[derive(Debug, Clone, Copy)]
pub struct Usage;

impl Endpoint for Usage {
    type Credential = ProjectToken;
    type Output = Json;
    type Refusal = Refusal;
    const NAME: &'static str = "uptinio.usage";
    const IDEMPOTENT: bool = true;

    fn request(&self, base: &BaseUrl, token: &ProjectToken) -> Result<http::Request<Bytes>, ConfigurationError> {
        plain(Method::GET, &url(base, ["accounts", "usage"])?, token.header()?)
    }

    fn secrets<'a>(&'a self, token: &'a ProjectToken) -> Vec<&'a str> {
        vec![token.expose_secret()]
    }

    fn read(&self, response: &http::Response<Bytes>) -> Result<Json, Error> {
        read_json::<Self, _>(response)
    }
}
