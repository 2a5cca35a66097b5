//! `GET /api/v1/integrations`: whom to tell of an incident, and how.
//!
//! The document names the call; the shape is from Uptinio's page on integrations.

use bytes::Bytes;
use http::Method;
use serde::Deserialize;

use super::request::{plain, url};
use super::{Error, Json, ProjectToken, Refusal, Timestamp};
use crate::endpoint::{Endpoint, read_json};
use crate::id::opaque_id;
use crate::lenient::if_readable;
use crate::vocabulary::open_vocabulary;
use crate::{BaseUrl, ConfigurationError};

/// Listing a project's integrations: all at once.
#[derive(Debug, Clone, Copy)]
pub struct Integrations;

/// Whom to tell of an incident, and how.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Integration {
    /// Its id.
    pub uuid: IntegrationUuid,
    /// What kind it is.
    #[serde(rename = "type")]
    pub kind: IntegrationType,
    /// The name that it was given.
    #[serde(default, deserialize_with = "if_readable")]
    pub name: Option<String>,
    /// What it needs to know, by its kind: a webhook has `webhook_url`. It may be a secret, and `Debug` does not show it.
    #[serde(default, deserialize_with = "if_readable")]
    pub settings: Option<Json>,
    /// Whether it can be changed.
    #[serde(default, deserialize_with = "if_readable")]
    pub editable: Option<bool>,
    /// Whether it can be removed.
    #[serde(default, deserialize_with = "if_readable")]
    pub deletable: Option<bool>,
    /// When it was created.
    #[serde(default, deserialize_with = "if_readable")]
    pub created_at: Option<Timestamp>,
    /// When it was changed last.
    #[serde(default, deserialize_with = "if_readable")]
    pub updated_at: Option<Timestamp>,
}

opaque_id! {
    /// An integration's id.
    IntegrationUuid
}

open_vocabulary! {
    /// What kind an integration is. There are more, by mail, SMS and Slack for example; the page tells the name of this one.
    IntegrationType {
        /// `Integrations::WebhookIntegration`: a request to a URL.
        Webhook = "Integrations::WebhookIntegration",
    }
}

impl Endpoint for Integrations {
    type Credential = ProjectToken;
    type Output = Vec<Integration>;
    type Refusal = Refusal;
    const NAME: &'static str = "uptinio.integrations";
    const IDEMPOTENT: bool = true;

    fn request(&self, base: &BaseUrl, token: &ProjectToken) -> Result<http::Request<Bytes>, ConfigurationError> {
        plain(Method::GET, &url(base, ["integrations"])?, token.header()?)
    }

    fn secrets<'a>(&'a self, token: &'a ProjectToken) -> Vec<&'a str> {
        vec![token.expose_secret()]
    }

    fn read(&self, response: &http::Response<Bytes>) -> Result<Vec<Integration>, Error> {
        read_json::<Self, _>(response)
    }
}
