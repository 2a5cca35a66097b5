//! Google's ID tokens (OpenID Connect Core §2 and §3.1.3.7), and the keys that they are signed with.

use super::Deviation;
use super::google::Google;
use super::instance::Instance;
use crate::fetch::fetch;
use axum::http::{HeaderMap, Method, StatusCode};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde::Deserialize;
use serde_json::Value;
use std::collections::HashMap;
use std::io;
use std::time::{Duration, SystemTime};
use tokio::sync::Mutex;

/// So long keys count without being asked for again.
const LIFETIME: Duration = Duration::from_secs(60 * 60);

/// So long after one time they are not asked for again, whatever key a token names, and whether they came or not.
const PAUSE: Duration = Duration::from_secs(10);

/// What verifies ID tokens.
pub(super) struct IdTokens {
    google: Google,
    keys: Mutex<Keys>,
}

#[derive(Default)]
struct Keys {
    /// By their ids.
    known: HashMap<String, DecodingKey>,
    /// When they came.
    fetched: Option<SystemTime>,
    /// When they were last asked for.
    asked: Option<SystemTime>,
}

/// What a token tells of who signed in.
#[derive(Deserialize)]
pub(super) struct Claims {
    /// What stands for the person for ever.
    pub(super) sub: String,
    pub(super) email: Option<String>,
    #[serde(default)]
    pub(super) email_verified: bool,
    pub(super) name: Option<String>,
    exp: u64,
    nbf: Option<u64>,
}

/// Why a token lets nobody in.
#[derive(Debug)]
pub(super) enum Distrust {
    /// It is no ID token at all.
    NoToken,
    /// It is not Google's, not for this server, or not any more.
    Token,
    /// The keys could not be had.
    Keys(io::Error),
}

impl IdTokens {
    pub(super) fn new(google: Google) -> Self {
        Self { google, keys: Mutex::default() }
    }

    /// What a token tells, if it is signed by one of the keys, of the issuer, for this server and in its time.
    pub(super) async fn verify(&self, instance: &Instance, token: &str) -> Result<Claims, Distrust> {
        let now = instance.clock.now();
        let claims = self.signed(instance, token, now).await?;
        let now = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
        let is_in_its_time = now < claims.exp && claims.nbf.is_none_or(|from| from <= now);
        match is_in_its_time || instance.deviates(Deviation::GoogleExpiryUnchecked) {
            true => Ok(claims),
            false => Err(Distrust::Token),
        }
    }

    async fn signed(&self, instance: &Instance, token: &str, now: SystemTime) -> Result<Claims, Distrust> {
        let is_unsigned = instance.deviates(Deviation::GoogleUnsigned) && names_no_algorithm(token);
        let mut validation = Validation::new(Algorithm::RS256);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        validation.validate_exp = false; // by the system's clock; ours is asked above
        validation.set_audience(&[&self.google.client_id]);
        validation.validate_aud = !instance.deviates(Deviation::GoogleAudienceUnchecked);
        if !instance.deviates(Deviation::GoogleIssuerUnchecked) {
            validation.set_issuer(&[&self.google.issuer]);
        }
        if is_unsigned || instance.deviates(Deviation::GoogleSignatureUnchecked) {
            return self.unsigned(token, &validation);
        }
        let distrust = |_| if part(token, 0).is_some() { Distrust::Token } else { Distrust::NoToken };
        let header = decode_header(token).map_err(distrust)?;
        let (Algorithm::RS256, Some(id)) = (header.alg, header.kid) else { return Err(Distrust::Token) };
        let key = self.key(&id, now).await?;
        decode(token, &key, &validation).map(|token| token.claims).map_err(|_| Distrust::Token)
    }

    /// The same without a look at the signature, for servers that depart so.
    fn unsigned(&self, token: &str, validation: &Validation) -> Result<Claims, Distrust> {
        let claims: Value = part(token, 1).ok_or(Distrust::NoToken)?;
        let is_issuer = validation.iss.is_none() || claims["iss"] == self.google.issuer;
        let is_audience = !validation.validate_aud || claims["aud"] == self.google.client_id;
        let claims = serde_json::from_value(claims).ok().filter(|_| is_issuer && is_audience);
        claims.ok_or(Distrust::Token)
    }

    /// The key of an id. One that is not known may have come since.
    async fn key(&self, id: &str, now: SystemTime) -> Result<DecodingKey, Distrust> {
        let mut keys = self.keys.lock().await;
        let since = |time: Option<SystemTime>| Some(now.duration_since(time?).unwrap_or_default());
        let is_fresh = since(keys.fetched).is_some_and(|age| age < LIFETIME);
        let was_just_asked = since(keys.asked).is_some_and(|age| age < PAUSE);
        let is_known = is_fresh && keys.known.contains_key(id);
        if !is_known && !was_just_asked {
            keys.asked = Some(now);
            match fetch_keys(&self.google).await {
                Ok(known) => (keys.known, keys.fetched) = (known, Some(now)),
                Err(error) if is_fresh => tracing::warn!(%error, "Google's keys could not be asked for again"),
                Err(error) => return Err(Distrust::Keys(error)),
            }
        }
        match keys.known.get(id) {
            Some(key) if since(keys.fetched).is_some_and(|age| age < LIFETIME) => Ok(key.clone()),
            None if keys.fetched.is_some() => Err(Distrust::Token),
            _ => Err(Distrust::Keys(io::Error::other("they could not be had a moment ago"))),
        }
    }
}

fn names_no_algorithm(token: &str) -> bool {
    part(token, 0).is_some_and(|header| header["alg"] == "none")
}

/// One of the parts between a token's dots.
fn part(token: &str, index: usize) -> Option<Value> {
    let json = BASE64_URL_SAFE_NO_PAD.decode(token.split('.').nth(index)?).ok()?;
    serde_json::from_slice(&json).ok()
}

/// The RSA keys of the set that there is now, by their ids (RFC 7517). Others are left out.
async fn fetch_keys(google: &Google) -> io::Result<HashMap<String, DecodingKey>> {
    #[derive(Deserialize)]
    struct Set {
        keys: Vec<Value>,
    }
    let (status, body) = fetch(Method::GET, &google.jwks_url, HeaderMap::new(), String::new()).await?;
    if status != StatusCode::OK {
        return Err(io::Error::other(format!("the answer was {status}")));
    }
    let set: Set = serde_json::from_slice(&body)?;
    let keys = set.keys.into_iter().filter_map(|key| serde_json::from_value::<Jwk>(key).ok());
    let named = |key: Jwk| Some((key.common.key_id.clone()?, DecodingKey::from_jwk(&key).ok()?));
    Ok(keys.filter_map(named).collect())
}
