//! Identity providers that a server trusts.

use crate::identity::{IdentityProvider, discovery};
use crate::secret::secret;
use crate::web_address::url;
use secrecy::SecretString;
use serde::Deserialize;
use url::Url;

/// An identity provider, as Tinyauth's settings have one: an OAuth 2.0 authorization server (RFC 6749) that tells who
/// logged in at its userinfo endpoint.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provider {
    /// What stands for it in paths: `generic`, `github` or `google` in the document. Small letters, digits and hyphens.
    pub id: String,
    /// The name that people read.
    #[serde(default = "generic_name")]
    pub name: String,
    /// Which client this server is to the provider.
    pub client_id: String,
    /// What proves it.
    #[serde(deserialize_with = "secret")]
    pub client_secret: SecretString,
    /// What the server wants to know.
    #[serde(default = "usual_scopes")]
    pub scopes: Vec<String>,
    /// Where browsers are sent to log in.
    #[serde(deserialize_with = "url")]
    pub authorize_url: Url,
    /// Where the server exchanges a code for a token. Plain HTTP: the server has no TLS.
    #[serde(deserialize_with = "url")]
    pub token_url: Url,
    /// Where the server asks who the user is. Plain HTTP as well.
    #[serde(deserialize_with = "url")]
    pub userinfo_url: Url,
}

impl Provider {
    /// The provider `generic`: one that runs, with the first of its clients.
    ///
    /// # Panics
    ///
    /// It listens on no address that a URL can be made of, which none does that runs.
    pub fn generic(running: &IdentityProvider) -> Self {
        let client = &running.seed().clients[0];
        let at = |path: &str| format!("{}{path}", running.url()).parse().expect("a server's address is a URL");
        Self {
            id: "generic".to_owned(),
            name: generic_name(),
            client_id: client.id.clone(),
            client_secret: client.secret.clone(),
            scopes: usual_scopes(),
            authorize_url: at(discovery::AUTHORIZE),
            token_url: at(discovery::TOKEN),
            userinfo_url: at(discovery::USERINFO),
        }
    }

    /// The addresses that the server itself sends requests to.
    pub(super) fn asked(&self) -> [&Url; 2] {
        [&self.token_url, &self.userinfo_url]
    }
}

fn generic_name() -> String {
    "Generic".to_owned()
}

fn usual_scopes() -> Vec<String> {
    ["openid", "email", "profile", "groups"].map(str::to_owned).into()
}
