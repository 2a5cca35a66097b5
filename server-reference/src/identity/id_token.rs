//! ID tokens (OpenID Connect Core §2).

use super::key::{ANOTHER, Key, OWN};
use super::seed::Person;
use crate::Clock;
use secrecy::SecretString;
use serde_json::{Map, Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// So long an ID token counts.
const LIFETIME: Duration = Duration::from_secs(60 * 60);

/// What makes ID tokens of a provider, without a login: for tests of servers that take such tokens.
#[derive(Debug, Clone)]
pub struct IdTokens {
    issuer: String,
    clock: Clock,
    is_rotated: Arc<AtomicBool>,
}

/// An ID token before it is signed. As it is made it is in order; what a test wants wrong with it is changed then.
#[derive(Debug, Clone)]
#[must_use = "a token is made by `sign`"]
pub struct IdToken {
    claims: Map<String, Value>,
    /// The key that it names, and the one that signs it.
    named: Key,
    key: Key,
}

impl IdTokens {
    pub(super) fn new(issuer: String, clock: Clock) -> Self {
        Self { issuer, clock, is_rotated: Arc::default() }
    }

    pub(super) fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The provider's key of the moment.
    pub(super) fn key(&self) -> Key {
        if self.is_rotated.load(Ordering::SeqCst) { ANOTHER } else { OWN }
    }

    pub(super) fn rotate_key(&self) {
        self.is_rotated.fetch_xor(true, Ordering::SeqCst);
    }

    /// A token that tells a client, the audience, who logged in. It counts for an hour by the provider's clock.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> std::io::Result<()> {
    /// use probity_server::ReferenceServer;
    ///
    /// let provider = ReferenceServer::identity_provider().start().await?;
    /// let alice = &provider.seed().people[0];
    /// let good = provider.id_tokens().of(alice, "my-app").sign();
    /// let expired = provider.id_tokens().of(alice, "my-app").claim("exp", 0).sign();
    /// let forged = provider.id_tokens().of(alice, "my-app").by_another_key().sign();
    /// # provider.shutdown().await;
    /// # Ok(())
    /// # }
    /// ```
    pub fn of(&self, person: &Person, audience: &str) -> IdToken {
        let now = self.clock.seconds();
        let mut claims = claims(person);
        for (name, value) in [
            ("iss", json!(self.issuer)),
            ("aud", json!(audience)),
            ("iat", json!(now)),
            ("exp", json!(now + LIFETIME.as_secs())),
        ] {
            claims.insert(name.to_owned(), value);
        }
        IdToken { claims, named: self.key(), key: self.key() }
    }
}

impl IdToken {
    /// The same token with a claim added, or of another value: `exp` and `iat` are seconds since 1970, `iss` and `aud`
    /// texts.
    pub fn claim(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.claims.insert(name.to_owned(), value.into());
        self
    }

    /// The same token without a claim.
    pub fn without(mut self, name: &str) -> Self {
        self.claims.shift_remove(name);
        self
    }

    /// The same token, signed by a key that is not the provider's, though the token says that it is.
    pub fn by_another_key(mut self) -> Self {
        self.key = if self.named == OWN { ANOTHER } else { OWN };
        self
    }

    /// The token as it is sent: a JWT (RFC 7519), signed by RS256.
    pub fn sign(&self) -> SecretString {
        self.key.sign(self.named, &self.claims)
    }
}

/// What is said of a person, in ID tokens and by userinfo alike.
pub(super) fn claims(person: &Person) -> Map<String, Value> {
    let claims = [
        ("sub", Some(json!(person.subject))),
        ("email", Some(json!(person.email))),
        ("email_verified", Some(json!(person.email_verified))),
        ("name", Some(json!(person.name))),
        ("preferred_username", person.preferred_username.as_ref().map(|name| json!(name))),
        ("groups", (!person.groups.is_empty()).then(|| json!(person.groups))),
    ];
    claims.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
}
