//! Passwords at rest.

use secrecy::{ExposeSecret, SecretString};
use std::io;

/// A password's bcrypt hash.
pub(crate) struct PasswordHash(String);

impl PasswordHash {
    /// Hashes a password.
    ///
    /// # Errors
    ///
    /// The cost is not one of bcrypt's, or the password is not [hashable](is_hashable).
    pub(crate) fn new(password: &SecretString, cost: u32) -> io::Result<Self> {
        let hash = bcrypt::non_truncating_hash(password.expose_secret(), cost);
        hash.map(Self).map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))
    }

    /// Whether this is the hash of `password`.
    pub(crate) async fn matches(&self, password: SecretString) -> bool {
        let hash = self.0.clone();
        let verify = move || {
            let password = password.expose_secret();
            // The one error left to `bcrypt` is a password that it would have to cut: no password of ours is that long.
            is_hashable(password) && bcrypt::non_truncating_verify(password, &hash).unwrap_or(false)
        };
        // It takes long on purpose, and other connections shall not wait for it.
        tokio::task::spawn_blocking(verify).await.unwrap_or(false)
    }
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
        let hash = PasswordHash::new(&"a".into(), 4).expect("hashable");
        assert!(hash.matches("a".into()).await);
        for other in ["", "b", "A", "a\0a", &"a".repeat(72)] {
            assert!(!hash.matches(other.into()).await, "{other:?}");
        }
    }

    #[test]
    fn a_cost_that_bcrypt_does_not_know_is_an_error() {
        for cost in [0, 3, 32, u32::MAX] {
            assert!(PasswordHash::new(&"a".into(), cost).is_err(), "{cost}");
        }
    }
}
