//! Who signs in.

use secrecy::{ExposeSecret as _, SecretString};

use crate::InvalidField;

/// A user name and a password. `Debug` does not show the password; its memory is wiped when it is dropped.
#[derive(Debug, Clone)]
pub struct Credentials {
    username: String,
    password: SecretString,
}

impl Credentials {
    /// This user and their password. Servers tell upper from lower case in both, and neither may be empty: a login with
    /// such is refused before it is sent.
    pub fn new(username: impl Into<String>, password: impl Into<SecretString>) -> Self {
        Self { username: username.into(), password: password.into() }
    }

    /// Whether both are there. `name` is what the API calls the first.
    pub(crate) fn check(&self, name: &str) -> Result<(), InvalidField> {
        InvalidField::if_empty(name, &self.username)?;
        InvalidField::if_empty("password", self.expose_password())
    }

    pub(crate) fn username(&self) -> &str {
        &self.username
    }

    pub(crate) fn expose_password(&self) -> &str {
        self.password.expose_secret()
    }
}
