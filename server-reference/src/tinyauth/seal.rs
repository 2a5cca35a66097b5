//! What a client keeps for the server, and can neither read nor change.

use crate::random;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::io;

/// A key to encrypt and authenticate with: AES-256 in Galois/Counter Mode (NIST SP 800-38D), with random nonces, of which
/// a server that lives for days uses up a part that does not matter.
pub(super) struct Seal {
    key: LessSafeKey,
}

impl Seal {
    /// With a key that no other server has.
    pub(super) fn new() -> io::Result<Self> {
        Self::with_key(&random::bytes()?)
    }

    /// With the key of every server that departs in this.
    pub(super) fn shared() -> io::Result<Self> {
        Self::with_key(&[0; 32])
    }

    fn with_key(key: &[u8; 32]) -> io::Result<Self> {
        let key = UnboundKey::new(&AES_256_GCM, key).map_err(|_| io::Error::other("a key was refused"))?;
        Ok(Self { key: LessSafeKey::new(key) })
    }

    /// Seals a content for a purpose.
    pub(super) fn close(&self, purpose: &str, content: &impl Serialize) -> io::Result<String> {
        let mut nonce = [0; NONCE_LEN];
        getrandom::fill(&mut nonce)?;
        let mut sealed = serde_json::to_vec(content)?;
        self.key
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(purpose), &mut sealed)
            .map_err(|_| io::Error::other("a content was not sealed"))?;
        Ok(BASE64_URL_SAFE_NO_PAD.encode([&nonce[..], &sealed].concat()))
    }

    /// The content, if it was sealed with this key and for this purpose.
    pub(super) fn open<T: DeserializeOwned>(&self, purpose: &str, sealed: &str) -> Option<T> {
        let mut sealed = BASE64_URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let (nonce, sealed) = sealed.split_at_mut_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let content = self.key.open_in_place(nonce, Aad::from(purpose), sealed).ok()?;
        serde_json::from_slice(content).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sealed_is_opened_with_the_same_key_for_the_same_purpose_and_not_otherwise() {
        let seal = Seal::new().expect("randomness");
        let sealed = seal.close("session", &"alice").expect("sealed");
        assert_eq!(seal.open::<String>("session", &sealed).as_deref(), Some("alice"));
        assert_eq!(seal.open::<String>("csrf", &sealed), None);
        assert_eq!(Seal::new().expect("randomness").open::<String>("session", &sealed), None);
        assert_ne!(seal.close("session", &"alice").expect("sealed"), sealed);
    }

    #[test]
    fn nothing_that_was_changed_is_opened() {
        let seal = Seal::new().expect("randomness");
        let sealed = seal.close("session", &"alice").expect("sealed");
        for length in 0..sealed.len() {
            assert_eq!(seal.open::<String>("session", &sealed[..length]), None);
        }
        for place in 0..sealed.len() {
            let other = if &sealed[place..=place] == "A" { "B" } else { "A" };
            let changed = [&sealed[..place], other, &sealed[place + 1..]].concat();
            assert_eq!(seal.open::<String>("session", &changed), None, "{changed}");
        }
    }
}
