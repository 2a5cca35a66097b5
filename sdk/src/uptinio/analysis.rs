//! `POST /api/v1/analysis`: an analysis by AI. The document names the call and no more; plans limit how many a month has.

use bytes::Bytes;
use serde_json::Value;

use super::request::{post_json, url};
use super::{Error, Json, ProjectToken, Refusal};
use crate::endpoint::{Endpoint, read_json};
use crate::{BaseUrl, ConfigurationError};

/// Asking for an analysis. `Debug` does not show of what.
#[derive(Debug, Clone)]
pub struct Analyze {
    question: Json,
}

impl Analyze {
    /// Of this. No document tells what it is to be.
    pub fn new(question: impl Into<Value>) -> Self {
        Self { question: Json::new(question) }
    }
}

impl Endpoint for Analyze {
    type Credential = ProjectToken;
    type Output = Json;
    type Refusal = Refusal;
    const NAME: &'static str = "uptinio.analysis";

    fn request(&self, base: &BaseUrl, token: &ProjectToken) -> Result<http::Request<Bytes>, ConfigurationError> {
        post_json(&url(base, ["analysis"])?, Some(token.header()?), self.question.value())
    }

    fn secrets<'a>(&'a self, token: &'a ProjectToken) -> Vec<&'a str> {
        vec![token.expose_secret()]
    }

    fn read(&self, response: &http::Response<Bytes>) -> Result<Json, Error> {
        read_json::<Self, _>(response)
    }
}
