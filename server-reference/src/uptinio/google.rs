//! POST /api/v1/auth/google

use super::Deviation;
use super::accounts::NewUser;
use super::error::{Form, Refusal};
use super::id_token::{Claims, Distrust};
use super::instance::Instance;
use super::request::Object;
use super::sign_in::signed_in;
use crate::identity::{IdentityProvider, discovery};
use crate::routing::method;
use crate::web_address::url;
use axum::body::Body;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{MethodRouter, on};
use probity_fixtures::uptinio::operation;
use serde::Deserialize;
use serde_json::Value;
use std::sync::{Arc, PoisonError};
use url::Url;

/// Whose ID tokens let people sign in with Google.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Google {
    /// Which client this server is to Google: the audience that a token has to have.
    pub client_id: String,
    /// Who has to have issued a token: `https://accounts.google.com`, as it stands in the tokens.
    pub issuer: String,
    /// Where the keys are that tokens are signed with (RFC 7517). Plain HTTP: the server has no TLS.
    #[serde(deserialize_with = "url")]
    pub jwks_url: Url,
}

impl Google {
    /// An identity provider in Google's place, with the first of its clients.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> std::io::Result<()> {
    /// use probity_server::{ReferenceServer, uptinio};
    ///
    /// let provider = ReferenceServer::identity_provider().start().await?;
    /// let google = uptinio::Google::played_by(&provider);
    /// let token = provider.id_tokens().of(&provider.seed().people[0], &google.client_id).sign();
    /// let seed = uptinio::Seed { google: Some(google), ..uptinio::Seed::document() };
    /// let server = ReferenceServer::uptinio().seed(seed).start().await?;
    /// # drop(token);
    /// # server.shutdown().await;
    /// # provider.shutdown().await;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// It listens on no address that a URL can be made of, which none does that runs.
    pub fn played_by(running: &IdentityProvider) -> Self {
        let jwks_url = format!("{}{}", running.url(), discovery::JWKS).parse().expect("a server's address is a URL");
        Self { client_id: running.seed().clients[0].id.clone(), issuer: running.url().to_owned(), jwks_url }
    }
}

pub(super) fn route() -> MethodRouter<Arc<Instance>> {
    on(method(operation::SIGN_IN_WITH_GOOGLE), google)
}

/// The names that the token may have in the body: the document has none.
const NAMES: [&str; 4] = ["id_token", "credential", "token", "google_token"];

async fn google(State(instance): State<Arc<Instance>>, body: Body) -> Result<Response, Refusal> {
    let body = Object::read(&instance, body, Form::Errors).await?;
    let token = NAMES.iter().find_map(|name| body.member(name)).filter(|token| !token.is_null());
    let token = match token {
        Some(Value::String(token)) if !token.is_empty() => token,
        _ => return Err(Refusal::errors(StatusCode::BAD_REQUEST, &["Google ID token is required"])),
    };
    let distrusted = || Refusal::no_user("Invalid Google ID token");
    let ids = instance.google.as_ref().ok_or_else(distrusted)?;
    let user = match ids.verify(&instance, token).await {
        Ok(claims) => user_of(&instance, &claims).ok_or_else(distrusted)?,
        Err(Distrust::NoToken) if instance.deviates(Deviation::GoogleTakesAnything) => {
            instance.accounts().first_user().map(|user| user.id).ok_or_else(distrusted)?
        }
        Err(Distrust::Token | Distrust::NoToken) => return Err(distrusted()),
        Err(Distrust::Keys(error)) => {
            tracing::warn!(%error, "Google's keys could not be had");
            let error = "Google cannot be asked. Please try again later.";
            return Err(Refusal::errors(StatusCode::SERVICE_UNAVAILABLE, &[error]));
        }
    };
    let answer = signed_in(&instance, user, None);
    if instance.deviates(Deviation::GoogleTokenVoid) {
        instance.user_tokens.end_all(&instance, Some(user));
    }
    answer
}

/// The user that the claims are of: the one who came so before, or who has the address, or a new one.
fn user_of(instance: &Instance, claims: &Claims) -> Option<u64> {
    let is_new_each_time = instance.deviates(Deviation::GoogleNewUserEachTime);
    if let Some(user) = instance.accounts().user_of_google(&claims.sub).filter(|_| !is_new_each_time) {
        return (!user.is_banned).then_some(user.id);
    }
    // Whoever says so at Google might have any address, if Google had not looked.
    let is_address = |email: &&str| super::address::is_address(email);
    let is_trusted = claims.email_verified || instance.deviates(Deviation::GoogleUnverifiedEmailCounts);
    let email = claims.email.as_deref().filter(is_address).filter(|_| is_trusted)?;
    let only = *instance.first_of_google.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(only) = only.filter(|_| instance.deviates(Deviation::GoogleOneUser)) {
        return Some(only);
    }
    let known = instance.accounts().user_with_email(email).map(|user| (user.id, user.is_banned));
    let id = match known.filter(|_| !is_new_each_time) {
        Some((_, true)) => return None,
        Some((id, false)) => id,
        None => {
            let name = claims.name.as_deref().filter(|name| !name.trim().is_empty()).unwrap_or("User");
            let new = NewUser { is_verified: true, ..NewUser::new(email, name, None) };
            instance.register_again(new).ok()?
        }
    };
    *instance.first_of_google.lock().unwrap_or_else(PoisonError::into_inner) = Some(id);
    let mut accounts = instance.accounts();
    accounts.link_google(&claims.sub, id);
    let user = accounts.user_mut(id)?;
    if !user.is_verified {
        // Whoever has set the password has never shown that the address is theirs.
        user.password = None;
        instance.user_tokens.end_all(instance, Some(id));
        user.is_verified = true;
        user.updated_at = instance.clock.now();
    }
    user.is_verified &= !instance.deviates(Deviation::GoogleUsersUnverified);
    user.may_not_create = instance.deviates(Deviation::GoogleUsersMayNotCreate);
    Some(id)
}
