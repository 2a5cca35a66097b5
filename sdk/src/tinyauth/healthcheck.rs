//! `GET /api/healthcheck`: whether the server is up.

use bytes::Bytes;
use http::header::ACCEPT;

use super::confirmation::confirmed;
use super::{Error, Refusal};
use crate::endpoint::{Endpoint, JSON};
use crate::{BaseUrl, ConfigurationError};

/// Asking whether the server is up.
#[derive(Debug)]
pub struct Healthcheck;

impl Endpoint for Healthcheck {
    type Credential = ();
    type Output = ();
    type Refusal = Refusal;
    const NAME: &'static str = "tinyauth.healthcheck";
    const IDEMPOTENT: bool = true;

    fn request(&self, base: &BaseUrl, (): &()) -> Result<http::Request<Bytes>, ConfigurationError> {
        let url = base.join(["api", "healthcheck"])?;
        Ok(http::Request::get(url.as_str()).header(ACCEPT, JSON).body(Bytes::new())?)
    }

    fn secrets<'a>(&'a self, (): &()) -> Vec<&'a str> {
        Vec::new()
    }

    fn read(&self, response: &http::Response<Bytes>) -> Result<(), Error> {
        confirmed::<Self>(response)
    }
}
