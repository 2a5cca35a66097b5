//! `POST /api/v1/integrations`: somebody more to tell of an incident.
//!
//! The document tells that it takes a verified address, and no more; what is sent is from Uptinio's page on integrations,
//! and what is answered is not documented.

use bytes::Bytes;
use serde_json::{Value, json};

use super::request::{post_json, url};
use super::{Error, IntegrationType, Json, ProjectToken, Refusal};
use crate::endpoint::{Endpoint, read_json};
use crate::{BaseUrl, ConfigurationError, FieldProblem, InvalidField};

/// An integration that is to be. `Debug` does not show its settings.
#[derive(Debug, Clone)]
pub struct NewIntegration {
    kind: IntegrationType,
    settings: Json,
}

impl NewIntegration {
    /// A request to this URL.
    pub fn webhook(url: impl Into<String>) -> Self {
        Self::new(IntegrationType::Webhook, json!({ "webhook_url": url.into() }))
    }

    /// Of this kind, with these settings, a JSON object. Those of the other kinds are not documented.
    pub fn new(kind: impl Into<IntegrationType>, settings: impl Into<Value>) -> Self {
        Self { kind: kind.into(), settings: Json::new(settings) }
    }
}

/// Creating an integration.
#[derive(Debug)]
pub struct CreateIntegration<'a> {
    integration: &'a NewIntegration,
}

impl<'a> CreateIntegration<'a> {
    /// This one.
    pub fn new(integration: &'a NewIntegration) -> Self {
        Self { integration }
    }
}

impl Endpoint for CreateIntegration<'_> {
    type Credential = ProjectToken;
    type Output = Json;
    type Refusal = Refusal;
    const NAME: &'static str = "uptinio.createIntegration";

    fn request(&self, base: &BaseUrl, token: &ProjectToken) -> Result<http::Request<Bytes>, ConfigurationError> {
        let NewIntegration { kind, settings } = self.integration;
        if !settings.value().is_object() {
            return Err(InvalidField::new("settings", FieldProblem::NotAnObject).into());
        }
        let integration = json!({ "integration": { "type": kind.as_str(), "settings": settings.value() } });
        post_json(&url(base, ["integrations"])?, Some(token.header()?), &integration)
    }

    fn secrets<'a>(&'a self, token: &'a ProjectToken) -> Vec<&'a str> {
        let settings = self.integration.settings.value().as_object();
        let settings = settings.into_iter().flat_map(|settings| settings.values()).filter_map(Value::as_str);
        settings.chain([token.expose_secret()]).collect()
    }

    fn read(&self, response: &http::Response<Bytes>) -> Result<Json, Error> {
        read_json::<Self, _>(response)
    }
}
