//! What a server holds when it starts.

use super::id;
use crate::password::is_hashable;
use crate::secret::secret;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer, de};
use std::collections::HashSet;
use std::time::{Duration, SystemTime};

/// The users and websites of a server. In a file:
///
/// ```
/// # let seed: probity_server::umami::Seed = toml::from_str(r#"
/// [[users]]
/// username = "alice"
/// password = "correct horse battery staple"
/// role = "admin"                                  # or "user", which is the default, or "view-only"
/// id = "41e2b680-648e-4b09-bcd7-3e2b10c06264"     # made up when left out
/// created_at = "2026-11-22 10:00:00"              # UTC; the document's sample date when left out
///
/// [[websites]]
/// name = "Alice's shop"
/// domain = "shop.example"
/// owner = "alice"
/// # "#)?;
/// # seed.check()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seed {
    /// At least one. Where a deviation speaks of the first user, it is the first of these.
    pub users: Vec<User>,
    /// The websites, in the order that they are listed in.
    #[serde(default)]
    pub websites: Vec<Website>,
}

/// A user of a [`Seed`].
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct User {
    /// The id; made up when left out.
    #[serde(default = "random_id")]
    pub id: String,
    /// The name to log in with. No two users have the same.
    pub username: String,
    /// The password: 1 to 71 bytes without a NUL, which is what bcrypt can tell apart.
    #[serde(deserialize_with = "secret")]
    pub password: SecretString,
    /// What the user may do.
    #[serde(default)]
    pub role: Role,
    /// When the user was created, to the second.
    #[serde(default = "sample_date", deserialize_with = "date")]
    pub created_at: SystemTime,
}

/// What a user may do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// `admin`, the one that the document shows.
    Admin,
    /// `user`
    #[default]
    User,
    /// `view-only`
    ViewOnly,
}

impl Role {
    /// The word that the API and seed files have for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Role::Admin => "admin",
            Role::User => "user",
            Role::ViewOnly => "view-only",
        }
    }
}

/// A website of a [`Seed`].
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Website {
    /// The id; made up when left out.
    #[serde(default = "random_id")]
    pub id: String,
    /// The name that people give it.
    pub name: String,
    /// The domain that it is at.
    pub domain: String,
    /// The name of the user whose list it is in.
    pub owner: String,
    /// When the website was created, to the second.
    #[serde(default = "sample_date", deserialize_with = "date")]
    pub created_at: SystemTime,
}

/// Why a server cannot start with a [`Seed`].
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum SeedError {
    /// Nobody could log in.
    #[error("there is no user, and a server has at least one")]
    NoUsers,
    /// A login cannot name this user.
    #[error("a user's `username` is empty")]
    EmptyUsername,
    /// Nothing can name what has this id.
    #[error("an `id` is empty")]
    EmptyId,
    /// What is printed on a terminal could do more there than be read.
    #[error("{0:?} holds a control character")]
    ControlCharacter(String),
    /// A login would not tell which of them it means.
    #[error("two users have the `username` {0:?}")]
    UsernameTwice(String),
    /// A token would not tell which of them it was handed out to; nor would a list of websites.
    #[error("the `id` {0:?} is there twice")]
    IdTwice(String),
    /// The `password` of the user of this name cannot be hashed.
    #[error("the `password` of {0:?} has to be 1 to 71 bytes long and hold no NUL")]
    Password(String),
    /// The website is in nobody's list.
    #[error("the website {website:?} has the `owner` {owner:?}, which is no user's `username`")]
    UnknownOwner {
        /// The website's name.
        website: String,
        /// The name that is no user's.
        owner: String,
    },
    /// The document's form of a date has four digits for the year, and we have no time before 1970.
    #[error("the `created_at` of {0:?} is not in the years 1970 to 9999")]
    Date(String),
}

impl Seed {
    /// What the document's own samples speak of: the user `your-username`, who logs in, and the admin `umami`, whose
    /// token is verified, each with a website. With it the document's calls work as they are printed there.
    pub fn document() -> Self {
        let your_username = User {
            id: "cd33a605-d785-42a1-9365-d6cad3b7befd".to_owned(),
            ..User::new("your-username", "your-password")
        };
        let umami = User {
            id: "1a457e1a-121a-11ee-be56-0242ac120002".to_owned(),
            role: Role::Admin,
            ..User::new("umami", "umami")
        };
        let websites = vec![
            Website {
                id: "your-website-id".to_owned(),
                ..Website::new("Your website", "your-hostname", "your-username")
            },
            Website {
                id: "3f2b1c8e-5d0a-4a76-9f51-6f0e4c1d2b7a".to_owned(),
                ..Website::new("Umami", "umami.is", "umami")
            },
        ];
        Self { users: vec![your_username, umami], websites }
    }

    /// Whether a server can start with it.
    ///
    /// # Errors
    ///
    /// The first thing that stands against it.
    pub fn check(&self) -> Result<(), SeedError> {
        if self.users.is_empty() {
            return Err(SeedError::NoUsers);
        }
        if let Some(text) = self.texts().find(|text| text.contains(char::is_control)) {
            return Err(SeedError::ControlCharacter(text.to_owned()));
        }
        let (mut names, mut ids) = (HashSet::new(), HashSet::new());
        for user in &self.users {
            let password = user.password.expose_secret();
            if user.username.is_empty() {
                return Err(SeedError::EmptyUsername);
            }
            if !names.insert(&user.username) {
                return Err(SeedError::UsernameTwice(user.username.clone()));
            }
            if password.is_empty() || !is_hashable(password) {
                return Err(SeedError::Password(user.username.clone()));
            }
        }
        for website in &self.websites {
            if !names.contains(&website.owner) {
                return Err(SeedError::UnknownOwner { website: website.name.clone(), owner: website.owner.clone() });
            }
        }
        let users = self.users.iter().map(|user| (&user.id, user.created_at));
        for (id, created_at) in users.chain(self.websites.iter().map(|website| (&website.id, website.created_at))) {
            if id.is_empty() {
                return Err(SeedError::EmptyId);
            }
            if !ids.insert(id) {
                return Err(SeedError::IdTwice(id.clone()));
            }
            if created_at < SystemTime::UNIX_EPOCH || created_at >= year_10_000() {
                return Err(SeedError::Date(id.clone()));
            }
        }
        Ok(())
    }

    /// All that is shown again.
    fn texts(&self) -> impl Iterator<Item = &str> {
        let users = self.users.iter().flat_map(|user| [&user.id, &user.username]);
        let websites = self.websites.iter();
        let websites = websites.flat_map(|website| [&website.id, &website.name, &website.domain, &website.owner]);
        users.chain(websites).map(String::as_str)
    }
}

impl User {
    /// A plain user with a made up id, created at the document's sample date.
    pub fn new(username: impl Into<String>, password: impl Into<SecretString>) -> Self {
        Self {
            id: random_id(),
            username: username.into(),
            password: password.into(),
            role: Role::default(),
            created_at: sample_date(),
        }
    }
}

impl Website {
    /// A website with a made up id, created at the document's sample date.
    pub fn new(name: impl Into<String>, domain: impl Into<String>, owner: impl Into<String>) -> Self {
        Self {
            id: random_id(),
            name: name.into(),
            domain: domain.into(),
            owner: owner.into(),
            created_at: sample_date(),
        }
    }
}

fn random_id() -> String {
    id::random().to_string()
}

/// 2020-04-20 01:00:00, as in the document's samples.
fn sample_date() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_587_344_400)
}

fn year_10_000() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(253_402_300_800)
}

/// A date as text or as TOML's own, in UTC.
fn date<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SystemTime, D::Error> {
    let text = match toml::Value::deserialize(deserializer)? {
        toml::Value::String(text) => text,
        toml::Value::Datetime(date) => date.to_string(),
        _ => String::new(),
    };
    humantime::parse_rfc3339_weak(&text)
        .map_err(|_| de::Error::custom("a date is written like \"2020-04-20 01:00:00\", in UTC"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documents_seed_passes() {
        assert_eq!(Seed::document().check(), Ok(()));
    }

    #[test]
    fn a_seed_that_cannot_work_is_refused_with_the_reason() {
        let alice = || User::new("alice", "secret");
        let seed = |users| Seed { users, websites: Vec::new() };
        let early = SystemTime::UNIX_EPOCH - Duration::from_secs(1);
        let long = "x".repeat(72);
        let refused = [
            (seed(vec![]), SeedError::NoUsers),
            (seed(vec![User::new("", "secret")]), SeedError::EmptyUsername),
            (seed(vec![User { id: String::new(), ..alice() }]), SeedError::EmptyId),
            (seed(vec![User::new("al\u{1b}[2J", "secret")]), SeedError::ControlCharacter("al\u{1b}[2J".into())),
            (
                Seed { users: vec![alice()], websites: vec![Website::new("Shop\n", "shop.example", "alice")] },
                SeedError::ControlCharacter("Shop\n".into()),
            ),
            (seed(vec![alice(), alice()]), SeedError::UsernameTwice("alice".into())),
            (seed(vec![User::new("alice", "")]), SeedError::Password("alice".into())),
            (seed(vec![User::new("alice", long)]), SeedError::Password("alice".into())),
            (seed(vec![User::new("alice", "a\0b")]), SeedError::Password("alice".into())),
            (
                seed(vec![User { id: "1".into(), ..alice() }, User { id: "1".into(), ..User::new("bob", "secret") }]),
                SeedError::IdTwice("1".into()),
            ),
            (seed(vec![User { id: "1".into(), created_at: early, ..alice() }]), SeedError::Date("1".into())),
            (
                Seed { users: vec![alice()], websites: vec![Website::new("Shop", "shop.example", "bob")] },
                SeedError::UnknownOwner { website: "Shop".into(), owner: "bob".into() },
            ),
        ];
        for (seed, reason) in refused {
            assert_eq!(seed.check(), Err(reason));
        }
    }

    #[test]
    fn a_file_says_what_is_wrong_with_it_and_shows_no_password() {
        let wrong = [
            ("username = \"alice\"", "missing field `password`"),
            ("username = \"alice\"\npassword = 12345678", "this has to be a text in quotes"),
            ("username = \"alice\"\npassword = \"12345678\"\nrole = \"boss\"", "unknown variant `boss`"),
            ("username = \"alice\"\npassword = \"12345678\"\nrol = \"user\"", "unknown field `rol`"),
            ("username = \"alice\"\npassword = \"12345678\"\ncreated_at = \"12345678\"", "\"2020-04-20 01:00:00\""),
            ("username = \"alice\"\npassword = \"12345678\"\ncreated_at = 12345678", "\"2020-04-20 01:00:00\""),
        ];
        for (user, reason) in wrong {
            let error = toml::from_str::<Seed>(&format!("[[users]]\n{user}")).expect_err(reason);
            assert!(error.message().contains(reason), "{}", error.message());
            assert!(!error.message().contains("12345678"), "{}", error.message());
        }
    }

    #[test]
    fn a_date_may_be_text_or_a_date_of_tomls_own() {
        for date in
            ["\"2020-04-20 01:00:00\"", "\"2020-04-20T01:00:00Z\"", "2020-04-20T01:00:00Z", "2020-04-20 01:00:00"]
        {
            let seed = format!("[[users]]\nusername = \"alice\"\npassword = \"secret\"\ncreated_at = {date}");
            let seed: Seed = toml::from_str(&seed).expect(date);
            assert_eq!(seed.users[0].created_at, sample_date(), "{date}");
        }
    }

    #[test]
    fn a_seed_shows_no_password() {
        let shown = format!("{:?}", Seed { users: vec![User::new("alice", "hush-hush")], websites: vec![] });
        assert!(shown.contains("alice") && !shown.contains("hush-hush"), "{shown}");
    }
}
