//! Tokens: what a login hands out, and what is read from one that comes back.

use super::Deviation;
use super::instance::{Account, Instance};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

const LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);

/// The key that tokens are signed with, made anew at each start, and what is known of those that were.
pub(super) struct Tokens {
    signing: EncodingKey,
    verifying: DecodingKey,
    issued: AtomicU64,
    used: Mutex<HashSet<String>>,
}

#[derive(Serialize, Deserialize)]
struct Claims {
    /// The account's id.
    sub: String,
    /// When it was handed out, and from when on it counts no more: seconds since 1970.
    iat: u64,
    exp: u64,
    /// Tells the tokens of one server apart.
    jti: String,
}

impl Tokens {
    pub(super) fn new() -> io::Result<Self> {
        let mut key = [0; 32];
        getrandom::fill(&mut key)?;
        Ok(Self {
            signing: EncodingKey::from_secret(&key),
            verifying: DecodingKey::from_secret(&key),
            issued: AtomicU64::new(0),
            used: Mutex::default(),
        })
    }
}

/// A token of its own for each login.
pub(super) fn issue(instance: &Instance, account: &Account) -> jsonwebtoken::errors::Result<SecretString> {
    let now = instance.clock.seconds();
    let claims = Claims {
        sub: account.id.clone(),
        iat: now,
        exp: now + LIFETIME.as_secs(),
        jti: instance.tokens.issued.fetch_add(1, Ordering::Relaxed).to_string(),
    };
    jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &instance.tokens.signing).map(SecretString::from)
}

/// The account that a token was handed out to, if it counts.
pub(super) fn account<'a>(instance: &'a Instance, token: &str) -> Option<&'a Account> {
    let claims = claims(instance, token)?;
    if instance.clock.seconds() >= claims.exp && !instance.deviates(Deviation::TokenNeverExpires) {
        return None;
    }
    if instance.deviates(Deviation::SingleUseToken) {
        let mut used = instance.tokens.used.lock().unwrap_or_else(PoisonError::into_inner);
        if !used.insert(claims.jti) {
            return None;
        }
    }
    instance.account_with_id(&claims.sub)
}

fn claims(instance: &Instance, token: &str) -> Option<Claims> {
    let unsigned = instance.deviates(Deviation::UnsignedToken) && names_no_algorithm(token);
    if unsigned || instance.deviates(Deviation::SignatureUnchecked) {
        return part(token, 1);
    }
    let mut validation = Validation::new(Algorithm::HS256);
    validation.validate_exp = false; // by the system's clock; ours is asked above
    let token = jsonwebtoken::decode(token, &instance.tokens.verifying, &validation).ok()?;
    Some(token.claims)
}

fn names_no_algorithm(token: &str) -> bool {
    #[derive(Deserialize)]
    struct Named {
        alg: String,
    }
    part(token, 0).is_some_and(|header: Named| header.alg == "none")
}

/// One of the parts between a token's dots, whatever its signature.
fn part<T: for<'de> Deserialize<'de>>(token: &str, index: usize) -> Option<T> {
    let json = BASE64_URL_SAFE_NO_PAD.decode(token.split('.').nth(index)?).ok()?;
    serde_json::from_slice(&json).ok()
}
