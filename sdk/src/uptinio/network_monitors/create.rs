//! `POST /api/v1/network_monitors`: something more to watch.

use bytes::Bytes;
use serde_json::json;

use crate::endpoint::{Endpoint, read_json};
use crate::uptinio::request::{post_json, url};
use crate::uptinio::{Error, Json, ProjectToken, Refusal};
use crate::{BaseUrl, ConfigurationError};

/// Creating a monitor. It takes a verified address; whose, no document tells.
///
/// The document names the call, and neither what is sent nor what is answered. That a name and a URL are sent, in
/// `network_monitor`, is this crate's guess, by the form of the calls that are documented.
#[derive(Debug, Clone)]
pub struct CreateNetworkMonitor {
    name: String,
    url: String,
}

impl CreateNetworkMonitor {
    /// With this name, of what this URL leads to.
    pub fn new(name: impl Into<String>, url: impl Into<String>) -> Self {
        Self { name: name.into(), url: url.into() }
    }
}

impl Endpoint for CreateNetworkMonitor {
    type Credential = ProjectToken;
    type Output = Json;
    type Refusal = Refusal;
    const NAME: &'static str = "uptinio.createNetworkMonitor";

    fn request(&self, base: &BaseUrl, token: &ProjectToken) -> Result<http::Request<Bytes>, ConfigurationError> {
        let monitor = json!({ "network_monitor": { "name": self.name, "url": self.url } });
        post_json(&url(base, ["network_monitors"])?, Some(token.header()?), &monitor)
    }

    fn secrets<'a>(&'a self, token: &'a ProjectToken) -> Vec<&'a str> {
        vec![token.expose_secret()]
    }

    fn read(&self, response: &http::Response<Bytes>) -> Result<Json, Error> {
        read_json::<Self, _>(response)
    }
}
