//! Passwords at rest.

use crate::random;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use ring::pbkdf2;
use secrecy::{ExposeSecret, SecretString};
use std::io;
use std::num::NonZero;
use std::str::FromStr as _;
use std::sync::Arc;
use std::thread::available_parallelism;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

/// How one server hashes: at one cost, and no more passwords at a time than the machine has processors, however many
/// clients ask.
pub(crate) struct Hasher {
    cost: u32,
    turns: Arc<Semaphore>,
}

/// A password's bcrypt hash.
pub(crate) struct PasswordHash(String);

impl PasswordHash {
    /// The hash as it is written.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// A hash as it is written: `$2b$10$…`, 60 characters. `None` if it is none of bcrypt's.
    pub(crate) fn read(hash: &SecretString) -> Option<Self> {
        let hash = hash.expose_secret();
        let parts = bcrypt::HashParts::from_str(hash).ok()?;
        (4..=31).contains(&parts.get_cost()).then(|| Self(hash.to_owned()))
    }
}

impl Hasher {
    pub(crate) fn new(cost: u32) -> Self {
        let at_a_time = available_parallelism().map_or(1, NonZero::get);
        Self { cost, turns: Arc::new(Semaphore::new(at_a_time)) }
    }

    /// Hashes a password.
    ///
    /// # Errors
    ///
    /// The cost is not one of bcrypt's, or the password is not [hashable](is_hashable).
    pub(crate) fn hash(&self, password: &SecretString) -> io::Result<PasswordHash> {
        hash(password, self.cost)
    }

    /// Hashes a password as [`hash`](Self::hash) does, when its turn has come.
    ///
    /// # Errors
    ///
    /// As there.
    pub(crate) async fn hash_in_turn(&self, password: SecretString) -> io::Result<PasswordHash> {
        let cost = self.cost;
        self.in_turn(move || hash(&password, cost)).await
    }

    /// Whether a hash is that of `password`. Who gives up before its turn has come costs nothing.
    ///
    /// # Errors
    ///
    /// The hashing failed, which no password makes it do.
    pub(crate) async fn matches(&self, hash: &PasswordHash, password: SecretString) -> io::Result<bool> {
        // No password of ours is like one that is not. It is hashed in vain all the same: a guess that costs nothing
        // could be made as often as one likes.
        let is_hashable = is_hashable(password.expose_secret());
        let password = if is_hashable { password } else { SecretString::from(String::new()) };
        let hash = hash.0.clone();
        let is_quick = hash.starts_with(QUICK);
        let verify = move || Ok(verify(password.expose_secret(), &hash)? && is_hashable);
        if is_quick {
            return verify();
        }
        self.in_turn(verify).await
    }

    /// It takes long on purpose, and other connections shall not wait for it.
    async fn in_turn<T: Send + 'static>(&self, work: impl FnOnce() -> io::Result<T> + Send + 'static) -> io::Result<T> {
        let turn = Arc::clone(&self.turns).acquire_owned().await.map_err(io::Error::other)?;
        let until_done = move || {
            let _turn = turn; // even if nobody waits for the outcome any more
            work()
        };
        spawn_blocking(until_done).await?
    }
}

fn hash(password: &SecretString, cost: u32) -> io::Result<PasswordHash> {
    if cost == NO_COST && is_hashable(password.expose_secret()) {
        return Ok(PasswordHash(quick(password.expose_secret(), &random::text()?)));
    }
    let hash = bcrypt::non_truncating_hash(password.expose_secret(), cost);
    hash.map(PasswordHash).map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))
}

fn verify(password: &str, hash: &str) -> io::Result<bool> {
    match hash.strip_prefix(QUICK).and_then(|rest| rest.split_once('$')) {
        Some((salt, _)) => Ok(quick(password, salt) == hash),
        None => bcrypt::non_truncating_verify(password, hash).map_err(io::Error::other),
    }
}

/// The cost at which hashing takes no time.
const NO_COST: u32 = 0;

const QUICK: &str = "$pbkdf2-sha256$";

/// A hash of a single round, for a server that lives as long as one test: bcrypt at its lowest cost still takes two thirds
/// of the time of all tests together.
fn quick(password: &str, salt: &str) -> String {
    let mut digest = [0; 32];
    pbkdf2::derive(pbkdf2::PBKDF2_HMAC_SHA256, NonZero::<u32>::MIN, salt.as_bytes(), password.as_bytes(), &mut digest);
    format!("{QUICK}{salt}${}", BASE64_URL_SAFE_NO_PAD.encode(digest))
}

/// Whether bcrypt can tell this password from every other one: it reads 72 bytes with the closing NUL among them, and
/// repeats a shorter password from its NUL on, so that `a` and `a\0a` would be the same.
pub(crate) fn is_hashable(password: &str) -> bool {
    password.len() < 72 && !password.contains('\0')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_hash_matches_its_password_and_no_other() {
        for cost in [NO_COST, 4] {
            let hasher = Hasher::new(cost);
            let hash = hasher.hash(&"a".into()).expect("hashable");
            assert!(hasher.matches(&hash, "a".into()).await.expect("hashed"));
            for other in ["", "b", "A", "a\0a", &"a".repeat(72)] {
                assert!(!hasher.matches(&hash, other.into()).await.expect("hashed"), "{other:?} at {cost}");
            }
        }
    }

    #[test]
    fn two_hashes_of_a_password_differ() {
        let hasher = Hasher::new(NO_COST);
        let hash = || hasher.hash(&"a".into()).expect("hashable").0;
        assert_ne!(hash(), hash());
    }

    #[tokio::test]
    async fn a_hash_that_is_made_in_turn_is_the_same() {
        let hasher = Hasher::new(4);
        let hash = hasher.hash_in_turn("a".into()).await.expect("hashable");
        assert!(hasher.matches(&hash, "a".into()).await.expect("hashed"));
        assert!(hasher.hash_in_turn("x".repeat(72).into()).await.is_err());
    }

    #[tokio::test]
    async fn a_password_waits_for_its_turn_and_so_does_what_cannot_be_one() {
        let hasher = Hasher::new(4);
        let hash = hasher.hash(&"a".into()).expect("hashable");
        let all = hasher.turns.available_permits();
        let taken = hasher.turns.acquire_many(u32::try_from(all).expect("few")).await.expect("open");
        let too_long = "a".repeat(72);
        let mut waiting = ["a", &too_long].map(|password| Box::pin(hasher.matches(&hash, password.into())));
        for waiting in &mut waiting {
            assert!(tokio::time::timeout(std::time::Duration::ZERO, waiting).await.is_err());
        }
        drop(taken);
        let [right, wrong] = waiting;
        assert!(right.await.expect("hashed") && !wrong.await.expect("hashed"));
        assert_eq!(hasher.turns.available_permits(), all);
    }

    #[tokio::test]
    async fn a_hash_that_is_none_is_an_error_and_no_mismatch() {
        assert!(Hasher::new(4).matches(&PasswordHash("garbage".to_owned()), "a".into()).await.is_err());
    }

    #[test]
    fn a_cost_that_bcrypt_does_not_know_is_an_error() {
        for cost in [1, 3, 32, u32::MAX] {
            assert!(Hasher::new(cost).hash(&"a".into()).is_err(), "{cost}");
        }
    }
}
