//! `GET /api/websites/{id}/active`: who is there now.

use bytes::Bytes;
use http::Method;
use serde::Deserialize;

use super::WebsiteId;
use crate::endpoint::{Endpoint, read_json};
use crate::lenient::number_or_digits;
use crate::umami::{Access, Error, Refusal};
use crate::{BaseUrl, ConfigurationError};

/// Counting the visitors that are on a website now.
#[derive(Debug, Clone)]
pub struct Active {
    website: WebsiteId,
}

impl Active {
    /// Of this website.
    pub fn new(website: impl Into<WebsiteId>) -> Self {
        Self { website: website.into() }
    }
}

/// The visitors that are on a website now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct ActiveVisitors {
    /// How many have done something in the last five minutes.
    #[serde(deserialize_with = "number_or_digits")]
    pub visitors: u64,
}

impl Endpoint for Active {
    type Credential = Access;
    type Output = ActiveVisitors;
    type Refusal = Refusal;
    const NAME: &'static str = "umami.active";
    const IDEMPOTENT: bool = true;

    fn request(&self, base: &BaseUrl, access: &Access) -> Result<http::Request<Bytes>, ConfigurationError> {
        let url = access.url(base, ["websites", self.website.as_str(), "active"])?;
        Ok(access.request(Method::GET, &url)?.body(Bytes::new())?)
    }

    fn secrets<'a>(&'a self, access: &'a Access) -> Vec<&'a str> {
        vec![access.expose_secret()]
    }

    fn read(&self, response: &http::Response<Bytes>) -> Result<ActiveVisitors, Error> {
        read_json::<Self, _>(response)
    }
}
