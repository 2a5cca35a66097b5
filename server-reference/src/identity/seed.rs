//! Who can log in, and who may ask for it.

use crate::secret::secret;
use secrecy::SecretString;
use serde::Deserialize;
use std::collections::HashSet;

/// The people and clients of an identity provider. In a file:
///
/// ```
/// # let seed: probity_server::identity::Seed = toml::from_str(r#"
/// [[people]]
/// subject = "1001"
/// email = "alice@corp.test"
/// name = "Alice"
/// groups = ["admins"]                                 # none when left out
///
/// [[clients]]
/// id = "tinyauth"
/// secret = "…"
/// redirect_uris = ["https://auth.example.com/api/oauth/callback/generic"]   # none when left out
/// # "#)?;
/// # seed.check()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seed {
    /// At least one; the first one logs in unless another is asked for.
    pub people: Vec<Person>,
    /// At least one.
    pub clients: Vec<Client>,
}

/// Somebody who can log in.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// What stands for the person for ever: the claim `sub`. No two people have the same.
    pub subject: String,
    /// The e-mail address.
    pub email: String,
    /// Whether the person has shown that the address is theirs. By default yes.
    #[serde(default = "yes")]
    pub email_verified: bool,
    /// The name that people read.
    pub name: String,
    /// The name that the person goes by, if there is one: the claim `preferred_username`.
    #[serde(default)]
    pub preferred_username: Option<String>,
    /// The groups that the person is in.
    #[serde(default)]
    pub groups: Vec<String>,
}

/// An application that lets people log in here.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Client {
    /// What it calls itself. No two clients have the same.
    pub id: String,
    /// What proves that it is the one.
    #[serde(deserialize_with = "secret")]
    pub secret: SecretString,
    /// Where people may be sent back to, besides loopback addresses, which always are allowed.
    #[serde(default)]
    pub redirect_uris: Vec<String>,
}

/// Why a provider cannot start with a [`Seed`].
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum SeedError {
    /// Nobody could log in.
    #[error("there is nobody, and a provider has at least one person")]
    NoPeople,
    /// Nobody could ask.
    #[error("there is no client, and a provider has at least one")]
    NoClients,
    /// It would not be clear who is meant.
    #[error("there are two people whose subject is {0:?}")]
    SubjectTwice(String),
    /// It would not be clear which one asks.
    #[error("there are two clients whose id is {0:?}")]
    ClientTwice(String),
}

impl Default for Seed {
    /// Alice and Bob, and the client `probity` with the secret `probity-secret`.
    fn default() -> Self {
        let alice = Person {
            groups: vec!["users".to_owned(), "admins".to_owned()],
            preferred_username: Some("alice".to_owned()),
            ..Person::new("1001", "alice@corp.test", "Alice")
        };
        let client = Client { id: "probity".to_owned(), secret: "probity-secret".into(), redirect_uris: Vec::new() };
        Self { people: vec![alice, Person::new("1002", "bob@corp.test", "Bob")], clients: vec![client] }
    }
}

impl Seed {
    /// Whether a provider can start with it.
    ///
    /// # Errors
    ///
    /// The first thing that stands against it.
    pub fn check(&self) -> Result<(), SeedError> {
        if self.people.is_empty() {
            return Err(SeedError::NoPeople);
        }
        if self.clients.is_empty() {
            return Err(SeedError::NoClients);
        }
        let (mut subjects, mut ids) = (HashSet::new(), HashSet::new());
        if let Some(person) = self.people.iter().find(|person| !subjects.insert(&person.subject)) {
            return Err(SeedError::SubjectTwice(person.subject.clone()));
        }
        match self.clients.iter().find(|client| !ids.insert(&client.id)) {
            Some(client) => Err(SeedError::ClientTwice(client.id.clone())),
            None => Ok(()),
        }
    }
}

impl Person {
    /// Somebody in no groups, whose address is verified.
    pub fn new(subject: impl Into<String>, email: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            subject: subject.into(),
            email: email.into(),
            email_verified: true,
            name: name.into(),
            preferred_username: None,
            groups: Vec::new(),
        }
    }
}

fn yes() -> bool {
    true
}
