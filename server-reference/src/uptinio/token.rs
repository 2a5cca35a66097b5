//! Tokens, of users and of projects: random, and looked up by their digests.

use crate::expiring::Expiring;
use crate::random;
use ring::digest::{SHA256, digest};
use secrecy::{ExposeSecret as _, SecretString};
use std::io;
use std::time::{Duration, SystemTime};

/// So long a user's token counts.
const LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);

/// What a server keeps of a token: nobody can make the token of it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Digest([u8; 32]);

impl Digest {
    pub(super) fn of(token: &str) -> Self {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(digest(&SHA256, token.as_bytes()).as_ref());
        Self(bytes)
    }
}

/// A token that nobody has yet: 43 characters, 256 bits.
///
/// # Errors
///
/// The system has no randomness to give.
pub(super) fn random() -> io::Result<SecretString> {
    random::text().map(SecretString::from)
}

/// The tokens of users that count, and whose they are.
pub(super) struct UserTokens {
    users: Expiring<Digest, u64>,
}

impl UserTokens {
    pub(super) fn new() -> Self {
        Self { users: Expiring::new(10_000) }
    }

    /// A new token for a user.
    pub(super) fn issue(&self, user: u64, now: SystemTime) -> io::Result<SecretString> {
        let token = random()?;
        self.hand_out(&token, user, now);
        Ok(token)
    }

    /// From now on this token is a user's.
    pub(super) fn hand_out(&self, token: &SecretString, user: u64, now: SystemTime) {
        self.users.alive(now).insert(Digest::of(token.expose_secret()), user, LIFETIME);
    }

    /// Whose token it is.
    pub(super) fn user_of(&self, token: Digest, now: SystemTime) -> Option<u64> {
        self.users.alive(now).get(&token).copied()
    }

    pub(super) fn end(&self, token: Digest, now: SystemTime) {
        self.users.alive(now).take(&token);
    }

    /// Ends all tokens of a user.
    pub(super) fn end_all_of(&self, user: u64, now: SystemTime) {
        self.users.alive(now).retain(|_, owner| *owner != user);
    }
}
