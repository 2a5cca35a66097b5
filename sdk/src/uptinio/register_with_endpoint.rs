//! `POST /api/v1/registrations`: an account for an address, with a website that is monitored at once.

use bytes::Bytes;
use serde::Deserialize;
use serde_json::json;

use super::request::{post_json, url};
use super::{Error, NetworkMonitorUuid, Refusal, RegisteredUser};
use crate::endpoint::{Endpoint, read_json};
use crate::lenient::if_readable;
use crate::{BaseUrl, ConfigurationError, InvalidField};

/// Registering by an address and a website. A provisional password is sent to the address.
#[derive(Debug, Clone)]
pub struct RegisterWithEndpoint {
    endpoint: String,
    email: String,
}

impl RegisterWithEndpoint {
    /// Of this website, by its URL, and this address. Neither may be empty.
    pub fn new(endpoint: impl Into<String>, email: impl Into<String>) -> Self {
        Self { endpoint: endpoint.into(), email: email.into() }
    }
}

/// An account that was made with an endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct RegisteredWithEndpoint {
    /// For people, in Uptinio's words.
    #[serde(default, deserialize_with = "if_readable")]
    pub message: Option<String>,
    /// Whose account it is.
    pub user: RegisteredUser,
    /// What monitors the website.
    pub network_monitor: FirstMonitor,
}

/// The monitor of a website that an account was made with.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct FirstMonitor {
    /// The monitor's id.
    pub uuid: NetworkMonitorUuid,
    /// What it monitors.
    pub url: String,
}

impl Endpoint for RegisterWithEndpoint {
    type Credential = ();
    type Output = RegisteredWithEndpoint;
    type Refusal = Refusal;
    const NAME: &'static str = "uptinio.registerWithEndpoint";

    fn request(&self, base: &BaseUrl, (): &()) -> Result<http::Request<Bytes>, ConfigurationError> {
        let Self { endpoint, email } = self;
        for (field, text) in [("endpoint", endpoint), ("email", email)] {
            InvalidField::if_empty(field, text)?;
        }
        post_json(&url(base, ["registrations"])?, None, &json!({ "endpoint": endpoint, "email": email }))
    }

    fn secrets<'a>(&'a self, (): &()) -> Vec<&'a str> {
        Vec::new()
    }

    fn read(&self, response: &http::Response<Bytes>) -> Result<RegisteredWithEndpoint, Error> {
        read_json::<Self, _>(response)
    }
}
