//! `DELETE /api/websites/{id}`: a website and all that was counted on it, gone for good.

use bytes::Bytes;
use http::Method;
use serde::Deserialize;

use super::WebsiteId;
use crate::endpoint::{Endpoint, read_json};
use crate::umami::{Access, Error, Refusal};
use crate::{BaseUrl, ConfigurationError};

/// Removing a website, and all that was counted on it.
#[derive(Debug, Clone)]
pub struct DeleteWebsite {
    website: WebsiteId,
}

impl DeleteWebsite {
    /// This website.
    pub fn new(website: impl Into<WebsiteId>) -> Self {
        Self { website: website.into() }
    }
}

/// Releases answer `{"ok": true}`. Any object will do, but not the page of a proxy.
#[derive(Deserialize)]
struct Deleted {}

impl Endpoint for DeleteWebsite {
    type Credential = Access;
    type Output = ();
    type Refusal = Refusal;
    const NAME: &'static str = "umami.deleteWebsite";

    fn request(&self, base: &BaseUrl, access: &Access) -> Result<http::Request<Bytes>, ConfigurationError> {
        let url = access.url(base, ["websites", self.website.as_str()])?;
        Ok(access.request(Method::DELETE, &url)?.body(Bytes::new())?)
    }

    fn secrets<'a>(&'a self, access: &'a Access) -> Vec<&'a str> {
        vec![access.expose_secret()]
    }

    fn read(&self, response: &http::Response<Bytes>) -> Result<(), Error> {
        read_json::<Self, Deleted>(response).map(|Deleted {}| ())
    }
}
