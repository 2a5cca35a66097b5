//! What people log in by.

use std::fmt;

use serde::Deserialize;

/// What a user logs in by, or has logged in by.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize)]
#[serde(from = "String")]
#[non_exhaustive]
pub enum Provider {
    /// `username`: name and password.
    Username,
    /// `basic`: name and password, sent along by Basic.
    Basic,
    /// `github`: OAuth by GitHub.
    Github,
    /// `google`: OAuth by Google.
    Google,
    /// `generic`: OAuth by whom the deployment has chosen.
    Generic,
    /// One that this crate does not know, by its name.
    Other(String),
}

impl Provider {
    /// The name by which Tinyauth knows it.
    pub fn as_str(&self) -> &str {
        match self {
            Provider::Username => "username",
            Provider::Basic => "basic",
            Provider::Github => "github",
            Provider::Google => "google",
            Provider::Generic => "generic",
            Provider::Other(name) => name,
        }
    }
}

impl From<String> for Provider {
    fn from(name: String) -> Self {
        match name.as_str() {
            "username" => Provider::Username,
            "basic" => Provider::Basic,
            "github" => Provider::Github,
            "google" => Provider::Google,
            "generic" => Provider::Generic,
            _ => Provider::Other(name),
        }
    }
}

impl From<&str> for Provider {
    fn from(name: &str) -> Self {
        name.to_owned().into()
    }
}

impl fmt::Display for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
