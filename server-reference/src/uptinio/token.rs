//! Tokens, of users and of projects: random, and looked up by their digests.

use super::Deviation;
use super::instance::Instance;
use crate::expiring::Expiring;
use crate::random;
use ring::digest::{SHA256, digest};
use secrecy::{ExposeSecret as _, SecretString};
use std::io;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// So long a user's token counts.
const LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);

/// So many tokens count at a time; the oldest makes room.
const MOST: usize = 10_000;

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
    /// What only deviations ask for: the tokens themselves, and who has signed in last.
    texts: Expiring<Digest, SecretString>,
    latest: Mutex<Option<u64>>,
}

impl UserTokens {
    pub(super) fn new() -> Self {
        Self { users: Expiring::new(MOST), texts: Expiring::new(MOST), latest: Mutex::default() }
    }

    /// A new token for a user.
    pub(super) fn issue(&self, instance: &Instance, user: u64) -> io::Result<SecretString> {
        let token = random()?;
        self.hand_out(instance, &token, user);
        *self.latest.lock().unwrap_or_else(PoisonError::into_inner) = Some(user);
        Ok(token)
    }

    /// From now on this token is a user's.
    pub(super) fn hand_out(&self, instance: &Instance, token: &SecretString, user: u64) {
        let (now, digest) = (instance.clock.now(), Digest::of(token.expose_secret()));
        let lifetime = match instance.deviates(Deviation::UserTokenNeverExpires) {
            true => 10_000 * LIFETIME,
            false => LIFETIME,
        };
        self.users.alive(now).insert(digest, user, lifetime);
        if instance.deviates(Deviation::UserTokenByItsBeginning) || instance.deviates(Deviation::UserTokenInAnyCase) {
            self.texts.alive(now).insert(digest, token.clone(), lifetime);
        }
    }

    /// The digest of the token that is meant by a text.
    pub(super) fn digest(&self, instance: &Instance, text: &str) -> Digest {
        let is_meant = |token: &str| {
            instance.deviates(Deviation::UserTokenInAnyCase) && token.eq_ignore_ascii_case(text)
                || instance.deviates(Deviation::UserTokenByItsBeginning) && begins_alike(token, text)
        };
        let texts = self.texts.alive(instance.clock.now());
        let meant = texts.find(|_, token| is_meant(token.expose_secret()));
        Digest::of(meant.map_or(text, |(token, _)| token.expose_secret()))
    }

    /// Whose token it is.
    pub(super) fn user_of(&self, instance: &Instance, token: Digest) -> Option<u64> {
        let user = self.users.alive(instance.clock.now()).get(&token).copied()?;
        match instance.deviates(Deviation::UserTokenOfTheLatest) {
            true => self.latest.lock().unwrap_or_else(PoisonError::into_inner).or(Some(user)),
            false => Some(user),
        }
    }

    pub(super) fn end(&self, instance: &Instance, token: Digest) {
        self.users.alive(instance.clock.now()).take(&token);
    }

    /// Ends all tokens of a user, or of all users.
    pub(super) fn end_all(&self, instance: &Instance, user: Option<u64>) {
        self.users.alive(instance.clock.now()).retain(|_, owner| user.is_some_and(|user| *owner != user));
    }
}

/// Whether a text has the first half of a token.
pub(super) fn begins_alike(token: &str, text: &str) -> bool {
    token.get(..token.len() / 2).is_some_and(|beginning| text.starts_with(beginning))
}
