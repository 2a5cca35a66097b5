//! What a provider says of who logged in there.

use super::caller::{Identity, capitalized};
use super::provider::Provider;
use super::seed::is_presentable;
use crate::fetch::fetch;
use crate::query::encoded;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use secrecy::ExposeSecret as _;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::io;
use url::{Url, form_urlencoded};

/// So many bytes all that is said of somebody may have: it has to fit in a cookie.
const SIZE: usize = 2048;

/// Why a code logs nobody in.
pub(super) enum ClaimsFault {
    /// The provider refuses it, or tells of nobody who could be let in.
    Refused,
    /// The provider does not answer as it should.
    Unreachable(io::Error),
}

/// Exchanges a code for a token (RFC 6749 §4.1.3), and that for the claims of the user (OpenID Connect Core §5.3).
pub(super) async fn redeem(
    provider: &Provider,
    code: &str,
    verifier: Option<&str>,
    callback: &str,
) -> Result<Identity, ClaimsFault> {
    let form = form_urlencoded::Serializer::new(String::new())
        .append_pair("grant_type", "authorization_code")
        .append_pair("code", code)
        .append_pair("redirect_uri", callback)
        .extend_pairs(verifier.map(|verifier| ("code_verifier", verifier)))
        .finish();
    let (id, secret) = (&provider.client_id, provider.client_secret.expose_secret());
    let client = format!("{}:{}", encoded(id.as_bytes()), encoded(secret.as_bytes()));
    let basic = format!("Basic {}", BASE64_STANDARD.encode(client));
    let mut headers = authorized(&basic)?;
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
    let granted: Granted = ask(Method::POST, &provider.token_url, headers, form).await?;
    let headers = authorized(&format!("Bearer {}", granted.access_token))?;
    let claims: Claims = ask(Method::GET, &provider.userinfo_url, headers, String::new()).await?;
    claims.identity(provider).ok_or(ClaimsFault::Refused)
}

/// The headers of a request to a provider.
fn authorized(credentials: &str) -> Result<HeaderMap, ClaimsFault> {
    let authorization = HeaderValue::try_from(credentials).map_err(|_| ClaimsFault::Refused)?;
    let json = HeaderValue::from_static("application/json");
    Ok(HeaderMap::from_iter([(header::AUTHORIZATION, authorization), (header::ACCEPT, json)]))
}

async fn ask<T: DeserializeOwned>(
    method: Method,
    url: &Url,
    headers: HeaderMap,
    form: String,
) -> Result<T, ClaimsFault> {
    let (status, body) = fetch(method, url, headers, form).await.map_err(ClaimsFault::Unreachable)?;
    if status.is_client_error() {
        return Err(ClaimsFault::Refused);
    }
    let wrong = |what: &str| ClaimsFault::Unreachable(io::Error::other(what.to_owned()));
    if status != StatusCode::OK {
        return Err(wrong("it fails"));
    }
    serde_json::from_slice(&body).map_err(|_| wrong("its answer cannot be read"))
}

#[derive(Deserialize)]
struct Granted {
    access_token: String,
}

#[derive(Deserialize)]
struct Claims {
    email: String,
    email_verified: Option<bool>,
    preferred_username: Option<String>,
    name: Option<String>,
    #[serde(default)]
    groups: Groups,
}

/// Providers have either.
#[derive(Deserialize)]
#[serde(untagged)]
enum Groups {
    List(Vec<String>),
    Joined(String),
}

impl Default for Groups {
    fn default() -> Self {
        Self::List(Vec::new())
    }
}

impl Claims {
    /// As Tinyauth makes it of them. `None` of an address that is not the user's own, or if something could not stand in
    /// a header: there it would be taken for something else.
    fn identity(self, provider: &Provider) -> Option<Identity> {
        let (mailbox, domain) = self.email.split_once('@').filter(|_| self.email_verified != Some(false))?;
        let filled = |text: &String| !text.is_empty();
        let identity = Identity {
            username: self.preferred_username.filter(filled).unwrap_or_else(|| format!("{mailbox}_{domain}")),
            name: self.name.filter(filled).unwrap_or_else(|| format!("{} ({domain})", capitalized(mailbox))),
            groups: self.groups.list(),
            email: self.email,
            provider: provider.id.clone(),
            oauth: true,
        };
        let texts = || identity.groups.iter().chain([&identity.username, &identity.name, &identity.email]);
        let fits = texts().map(String::len).sum::<usize>() <= SIZE && texts().all(|text| is_presentable(text));
        fits.then_some(identity)
    }
}

impl Groups {
    /// Without those that could not be told from two, once they stand in one header.
    fn list(self) -> Vec<String> {
        match self {
            Groups::List(groups) => groups.into_iter().filter(|group| !group.contains(',')).collect(),
            Groups::Joined(groups) => groups.split(',').map(|group| group.trim().to_owned()).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn identity(claims: Value) -> Option<Identity> {
        let url: Url = "http://idp.test/".parse().expect("a URL");
        let provider = Provider {
            id: "generic".to_owned(),
            name: "Generic".to_owned(),
            client_id: "probity".to_owned(),
            client_secret: "secret".into(),
            scopes: Vec::new(),
            authorize_url: url.clone(),
            token_url: url.clone(),
            userinfo_url: url,
        };
        serde_json::from_value::<Claims>(claims).ok()?.identity(&provider)
    }

    #[test]
    fn name_and_username_are_made_of_the_address_when_they_are_missing() {
        for claims in [json!({"email": "jane.doe@corp.test"}), json!({"email": "jane.doe@corp.test", "name": ""})] {
            let identity = identity(claims).expect("somebody");
            assert_eq!(identity.username, "jane.doe_corp.test");
            assert_eq!(identity.name, "Jane.doe (corp.test)");
        }
        let claims = json!({"email": "jane@corp.test", "preferred_username": "jane", "name": "Jane", "sub": 1});
        let identity = identity(claims).expect("somebody");
        assert_eq!((&*identity.username, &*identity.name), ("jane", "Jane"));
    }

    #[test]
    fn groups_are_a_list_or_one_text() {
        for groups in [json!(["a", "b"]), json!("a, b"), json!(["a", "b", "c,d"])] {
            let identity = identity(json!({"email": "jane@corp.test", "groups": groups})).expect("somebody");
            assert_eq!(identity.groups, ["a", "b"]);
        }
    }

    #[test]
    fn who_could_be_taken_for_somebody_else_is_nobody() {
        let nobody = [
            json!({}),
            json!({"email": 1}),
            json!({"email": ""}),
            json!({"email": "no-address"}),
            json!({"email": "jane@corp.test", "email_verified": false}),
            json!({"email": "jane@corp.test", "preferred_username": "jane\r\nRemote-Groups: admins"}),
            json!({"email": "jane@corp.test", "preferred_username": " jane"}),
            json!({"email": "jane@corp.test", "name": "x".repeat(4000)}),
            json!({"email": "jane@corp.test", "groups": ["a\u{0}"]}),
        ];
        for claims in nobody {
            assert!(identity(claims.clone()).is_none(), "{claims}");
        }
    }
}
