//! The keys that ID tokens are signed with. They stand in this crate's repository, and are for tests alone.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use ring::rsa::{KeyPair, PublicKeyComponents};
use secrecy::SecretString;
use serde_json::{Map, Value, json};
use std::fmt;

/// RSA, of 2048 bits, in the form of PKCS #1.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Key {
    id: &'static str,
    der: &'static [u8],
}

/// The provider's first.
pub(super) const OWN: Key = Key { id: "test-only", der: include_bytes!("test-only-rsa-2048.der") };

/// The one that it has when it has changed its key. Nobody knows it as the provider's at any other time.
pub(super) const ANOTHER: Key = Key { id: "another-test-only", der: include_bytes!("another-test-only-rsa-2048.der") };

impl Key {
    /// Signs claims by RS256 (RFC 7518 §3.3). `kid` is the id that the token names its key by.
    pub(super) fn sign(self, kid: Key, claims: &Map<String, Value>) -> SecretString {
        let header = Header { kid: Some(kid.id.to_owned()), ..Header::new(Algorithm::RS256) };
        let signed = encode(&header, claims, &EncodingKey::from_rsa_der(self.der));
        signed.expect("the keys are this crate's own").into()
    }

    /// The public half (RFC 7517).
    pub(super) fn public(self) -> Value {
        let pair = KeyPair::from_der(self.der).expect("the keys are this crate's own");
        let PublicKeyComponents { n, e } = PublicKeyComponents::<Vec<u8>>::from(pair.public());
        let number = |bytes| BASE64_URL_SAFE_NO_PAD.encode::<Vec<u8>>(bytes);
        json!({"kty": "RSA", "use": "sig", "alg": "RS256", "kid": self.id, "n": number(n), "e": number(e)})
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id)
    }
}
