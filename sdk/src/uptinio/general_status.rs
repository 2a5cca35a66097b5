//! `GET /api/v1/general-status`: how it stands with everything: the document calls it a health check. The document names the call and no more.

use bytes::Bytes;
use http::Method;

use super::request::{plain, url};
use super::{Error, Json, ProjectToken, Refusal};
use crate::endpoint::{Endpoint, read_json};
use crate::{BaseUrl, ConfigurationError};

/// Asking how it stands with everything.
#[derive(Debug, Clone, Copy)]
pub struct GeneralStatus;

impl Endpoint for GeneralStatus {
    type Credential = ProjectToken;
    type Output = Json;
    type Refusal = Refusal;
    const NAME: &'static str = "uptinio.generalStatus";
    const IDEMPOTENT: bool = true;

    fn request(&self, base: &BaseUrl, token: &ProjectToken) -> Result<http::Request<Bytes>, ConfigurationError> {
        plain(Method::GET, &url(base, ["general-status"])?, token.header()?)
    }

    fn secrets<'a>(&'a self, token: &'a ProjectToken) -> Vec<&'a str> {
        vec![token.expose_secret()]
    }

    fn read(&self, response: &http::Response<Bytes>) -> Result<Json, Error> {
        read_json::<Self, _>(response)
    }
}
