//! Who signs in.

use secrecy::{ExposeSecret as _, SecretString};

/// A user name and a password. `Debug` does not show the password; its memory is wiped when it is dropped.
#[derive(Debug, Clone)]
pub struct Credentials {
    username: String,
    password: SecretString,
}

impl Credentials {
    /// This user and their password. Servers tell upper from lower case in both.
    pub fn new(username: impl Into<String>, password: impl Into<SecretString>) -> Self {
        Self { username: username.into(), password: password.into() }
    }

    pub(crate) fn username(&self) -> &str {
        &self.username
    }

    pub(crate) fn expose_password(&self) -> &str {
        self.password.expose_secret()
    }
}
