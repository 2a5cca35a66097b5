//! `GET /api/app`: what is the same for all users.

use bytes::Bytes;
use http::header::ACCEPT;
use serde::{Deserialize, Deserializer};

use super::{Error, Provider, Refusal};
use crate::endpoint::{Endpoint, JSON, read_json};
use crate::lenient::{boolean_or_its_text, if_readable};
use crate::{BaseUrl, ConfigurationError};

/// Asking for what is the same for all users.
#[derive(Debug)]
pub struct GetApp;

/// What a login page needs to know.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct App {
    /// What the deployment is called.
    pub title: String,
    /// The domain that its cookies are for. `None` from releases before 3.3.
    #[serde(default, deserialize_with = "unless_absent")]
    pub domain: Option<String>,
    /// What the provider [`Generic`](Provider::Generic) is called.
    pub generic_name: String,
    /// What to tell who has forgotten their password.
    pub forgot_password_message: String,
    /// Whether a browser is sent on to the application without being asked.
    #[serde(deserialize_with = "boolean_or_its_text")]
    pub disable_continue: bool,
    /// The provider that a browser is sent to without being asked. `None` also from releases before 3.3.
    #[serde(default, deserialize_with = "unless_none")]
    pub oauth_auto_redirect: Option<Provider>,
    /// What users can log in by. Not in the document; releases tell it. Empty where they do not.
    #[serde(default, deserialize_with = "or_none")]
    pub configured_providers: Vec<Provider>,
}

/// A member that may be missing, and where it is there holds what it should.
fn unless_absent<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    String::deserialize(deserializer).map(Some)
}

fn unless_none<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Provider>, D::Error> {
    let name = String::deserialize(deserializer)?;
    Ok((!matches!(name.as_str(), "" | "none")).then(|| name.into()))
}

/// What is not in the document spoils no answer.
fn or_none<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Provider>, D::Error> {
    if_readable(deserializer).map(Option::unwrap_or_default)
}

impl Endpoint for GetApp {
    type Credential = ();
    type Output = App;
    type Refusal = Refusal;
    const NAME: &'static str = "tinyauth.app";
    const IDEMPOTENT: bool = true;

    fn request(&self, base: &BaseUrl, (): &()) -> Result<http::Request<Bytes>, ConfigurationError> {
        let url = base.join(["api", "app"])?;
        Ok(http::Request::get(url.as_str()).header(ACCEPT, JSON).body(Bytes::new())?)
    }

    fn secrets<'a>(&'a self, (): &()) -> Vec<&'a str> {
        Vec::new()
    }

    fn read(&self, response: &http::Response<Bytes>) -> Result<App, Error> {
        read_json::<Self, _>(response)
    }
}
