//! `POST /api/websites`: a website to be measured.

use bytes::Bytes;
use http::Method;
use http::header::CONTENT_TYPE;
use serde_json::json;

use super::Website;
use crate::endpoint::{Endpoint, JSON, read_json};
use crate::umami::{Access, Error, Refusal};
use crate::{BaseUrl, ConfigurationError, InvalidField, LengthUnit};

/// Creating a website.
#[derive(Debug, Clone)]
pub struct CreateWebsite {
    name: String,
    domain: String,
}

impl CreateWebsite {
    /// With this name, of 100 UTF-16 units at most, for what is served from this domain, of 500 at most.
    pub fn new(name: impl Into<String>, domain: impl Into<String>) -> Self {
        Self { name: name.into(), domain: domain.into() }
    }
}

impl Endpoint for CreateWebsite {
    type Credential = Access;
    type Output = Website;
    type Refusal = Refusal;
    const NAME: &'static str = "umami.createWebsite";

    fn request(&self, base: &BaseUrl, access: &Access) -> Result<http::Request<Bytes>, ConfigurationError> {
        let Self { name, domain } = self;
        InvalidField::if_longer("name", name, 100, LengthUnit::Utf16)?;
        InvalidField::if_longer("domain", domain, 500, LengthUnit::Utf16)?;
        let url = access.url(base, ["websites"])?;
        let request = access.request(Method::POST, &url)?.header(CONTENT_TYPE, JSON);
        Ok(request.body(json!({ "name": name, "domain": domain }).to_string().into())?)
    }

    fn secrets<'a>(&'a self, access: &'a Access) -> Vec<&'a str> {
        vec![access.expose_secret()]
    }

    fn read(&self, response: &http::Response<Bytes>) -> Result<Website, Error> {
        read_json::<Self, _>(response)
    }
}
