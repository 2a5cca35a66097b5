//! What a server holds when it starts.

use super::address::is_address;
use super::code::is_code;
use super::google::Google;
use super::rate_limit::Plan;
use super::smtp::Smtp;
use crate::secret::secret;
use crate::web_address::is_web_address;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Deserializer};
use std::collections::HashSet;

/// The users and projects of a server, and whom it asks and tells. In a file:
///
/// ```
/// # let seed: probity_server::uptinio::Seed = toml::from_str(r#"
/// smtp = "127.0.0.1:1025"             # a relay for mails; an outbox in the process when left out
///
/// [[users]]
/// email = "alice@corp.test"
/// password = "correct horse battery staple"
/// name = "Alice"                      # "User" when left out
/// plan = "enterprise"                 # or "standard", which is the default
///
/// [[users]]
/// email = "bob@corp.test"
/// password = "correct horse battery staple"
/// verified = false                    # true when left out
/// code = "012345"                     # a code that was mailed at the start; none when left out
/// mail_fails = true                   # no further mail arrives; false when left out
///
/// [[users]]
/// email = "carol@corp.test"
/// password = "correct horse battery staple"
/// banned = true                       # false when left out
/// token = "carols-token"              # one that was handed out at the start; none when left out
///
/// [[projects]]                        # a user without one has the project "Default"
/// owner = "alice@corp.test"
/// name = "Shop"
/// token = "shops-token"               # made up when left out
///
/// [[projects.monitors]]
/// url = "https://shop.example"
/// name = "Shop"                       # the url when left out
/// status = "failure"                  # or "success", which is the default, or "paused"
/// past_incidents = 2                  # 0 when left out
///
/// [google]                            # who signs in with Google; nobody when left out
/// client_id = "…"
/// issuer = "https://accounts.google.com"
/// jwks_url = "http://127.0.0.1:9000/jwks"     # asked by the server itself: http only
/// # "#)?;
/// # seed.check()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seed {
    /// The users, whose ids are 1 and so on. There may be none: people can register.
    #[serde(default)]
    pub users: Vec<User>,
    /// The projects. The first one of a user is the user's current one.
    #[serde(default)]
    pub projects: Vec<Project>,
    /// Whose ID tokens let people sign in with Google.
    #[serde(default)]
    pub google: Option<Google>,
    /// The relay that mails go to. Without one they stay in an [`Outbox`](super::Outbox).
    #[serde(default)]
    pub smtp: Option<Smtp>,
}

/// A user of a [`Seed`].
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct User {
    /// The address to sign in with. No two users have the same, in whatever case.
    pub email: String,
    /// The password: 1 to 128 characters.
    #[serde(deserialize_with = "secret")]
    pub password: SecretString,
    /// The name that people read.
    #[serde(default = "user")]
    pub name: String,
    /// Whether the address is verified.
    #[serde(default = "yes")]
    pub verified: bool,
    /// Whether the user is shut out.
    #[serde(default)]
    pub banned: bool,
    /// What the user pays for.
    #[serde(default)]
    pub plan: Plan,
    /// Whether mails to the user fail to be sent.
    #[serde(default)]
    pub mail_fails: bool,
    /// A token that was handed out at the start, as a sign-in does: it counts for 24 hours.
    #[serde(default, deserialize_with = "some_secret")]
    pub token: Option<SecretString>,
    /// A code that was mailed at the start: six digits, which count for 15 minutes.
    #[serde(default, deserialize_with = "some_secret")]
    pub code: Option<SecretString>,
}

/// A project of a [`Seed`].
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Project {
    /// The address of the user whose project it is.
    pub owner: String,
    /// The name that people read.
    pub name: String,
    /// The project's token; made up when left out.
    #[serde(default, deserialize_with = "some_secret")]
    pub token: Option<SecretString>,
    /// What it watches.
    #[serde(default)]
    pub monitors: Vec<Monitor>,
}

/// What a [`Project`] watches. Nothing is ever sent there: how it is was made up.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Monitor {
    /// The address.
    pub url: String,
    /// The name that people read; the address when left out.
    #[serde(default)]
    pub name: Option<String>,
    /// How it is. One that fails has an incident that goes on.
    #[serde(default)]
    pub status: MonitorStatus,
    /// How many incidents it has had before: at most 100.
    #[serde(default)]
    pub past_incidents: u8,
}

/// How a monitor's address is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MonitorStatus {
    /// `success`
    #[default]
    Success,
    /// `failure`
    Failure,
    /// `paused`
    Paused,
}

impl MonitorStatus {
    /// The word that the API and seed files have for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            MonitorStatus::Success => "success",
            MonitorStatus::Failure => "failure",
            MonitorStatus::Paused => "paused",
        }
    }
}

/// Why a server cannot start with a [`Seed`].
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum SeedError {
    /// No mail would come there.
    #[error("{0:?} is no e-mail address")]
    Email(String),
    /// A sign-in would not tell which of them it means.
    #[error("two users have the `email` {0:?}")]
    EmailTwice(String),
    /// What is printed on a terminal could do more there than be read.
    #[error("{0:?} holds a control character")]
    ControlCharacter(String),
    /// Nobody could sign in with the `password` of the user of this address.
    #[error("the `password` of {0:?} has to be 1 to 128 characters long")]
    Password(String),
    /// The `code` of the user of this address could not have been mailed.
    #[error("the `code` of {0:?} has to be six digits")]
    Code(String),
    /// A `token` of this user, or of this project, would not stand in a header, or would not tell whose it is.
    #[error("the `token` of {0:?} has to be 1 to 255 visible ASCII characters, and no other one's")]
    Token(String),
    /// The project is nobody's.
    #[error("the project {project:?} has the `owner` {owner:?}, which is no user's `email`")]
    UnknownOwner {
        /// The project's name.
        project: String,
        /// The address that is no user's.
        owner: String,
    },
    /// A monitor cannot watch this.
    #[error("{0:?} is no address with http or https")]
    MonitorUrl(String),
    /// There would be too many incidents.
    #[error("the monitor of {0:?} has more than 100 `past_incidents`")]
    PastIncidents(String),
    /// The server's own requests are of plain HTTP.
    #[error("the `jwks_url` of `google` has to begin with http://")]
    JwksUrl,
    /// There would be too much to hold.
    #[error("there are more than 1000 users, projects, or monitors")]
    TooMuch,
}

impl Seed {
    /// What the document's samples speak of: the user `user@example.com` with the password `your_password`, whose token
    /// is `YOUR_AUTHENTICATION_TOKEN`, and whose project's is `YOUR_PROJECT_API_TOKEN`; and `unverified@example.com`,
    /// whose password is the same, whose token is `YOUR_USER_AUTHENTICATION_TOKEN`, and who was sent the code `123456`.
    pub fn document() -> Self {
        let user =
            User { token: Some("YOUR_AUTHENTICATION_TOKEN".into()), ..User::new("user@example.com", "your_password") };
        let unverified = User {
            verified: false,
            token: Some("YOUR_USER_AUTHENTICATION_TOKEN".into()),
            code: Some("123456".into()),
            ..User::new("unverified@example.com", "your_password")
        };
        let monitors = vec![
            Monitor { past_incidents: 1, ..Monitor::new("https://example.com") },
            Monitor { status: MonitorStatus::Failure, ..Monitor::new("https://example.org") },
        ];
        let project = Project {
            owner: user.email.clone(),
            name: "Example".to_owned(),
            token: Some("YOUR_PROJECT_API_TOKEN".into()),
            monitors,
        };
        Self { users: vec![user, unverified], projects: vec![project], google: None, smtp: None }
    }

    /// Whether a server can start with it.
    ///
    /// # Errors
    ///
    /// The first thing that stands against it.
    pub fn check(&self) -> Result<(), SeedError> {
        let monitors = || self.projects.iter().flat_map(|project| &project.monitors);
        if [self.users.len(), self.projects.len(), monitors().count()].into_iter().any(|number| number > 1000) {
            return Err(SeedError::TooMuch);
        }
        let names = self.users.iter().map(|user| &user.name).chain(self.projects.iter().map(|project| &project.name));
        let names = names.chain(monitors().filter_map(|monitor| monitor.name.as_ref()));
        if let Some(name) = names.into_iter().find(|name| name.contains(char::is_control)) {
            return Err(SeedError::ControlCharacter(name.clone()));
        }
        let (mut emails, mut tokens) = (HashSet::new(), HashSet::new());
        for user in &self.users {
            let password = user.password.expose_secret();
            if !is_address(&user.email) {
                return Err(SeedError::Email(user.email.clone()));
            }
            if !emails.insert(user.email.to_ascii_lowercase()) {
                return Err(SeedError::EmailTwice(user.email.clone()));
            }
            if password.is_empty() || password.chars().count() > 128 {
                return Err(SeedError::Password(user.email.clone()));
            }
            if user.code.as_ref().is_some_and(|code| !is_code(code.expose_secret())) {
                return Err(SeedError::Code(user.email.clone()));
            }
        }
        for project in &self.projects {
            let (project, owner) = (project.name.clone(), project.owner.clone());
            if !emails.contains(&owner.to_ascii_lowercase()) {
                return Err(SeedError::UnknownOwner { project, owner });
            }
        }
        let of_users = self.users.iter().map(|user| (&user.email, &user.token));
        for (whose, token) in of_users.chain(self.projects.iter().map(|project| (&project.name, &project.token))) {
            let Some(token) = token.as_ref().map(SecretString::expose_secret) else { continue };
            let stands = (1..=255).contains(&token.len()) && token.bytes().all(|byte| byte.is_ascii_graphic());
            if !stands || !tokens.insert(token) {
                return Err(SeedError::Token(whose.clone()));
            }
        }
        for monitor in monitors() {
            if !is_web_address(&monitor.url) {
                return Err(SeedError::MonitorUrl(monitor.url.clone()));
            }
            if monitor.past_incidents > 100 {
                return Err(SeedError::PastIncidents(monitor.url.clone()));
            }
        }
        match &self.google {
            Some(google) if google.jwks_url.scheme() != "http" || !google.jwks_url.has_host() => {
                Err(SeedError::JwksUrl)
            }
            _ => Ok(()),
        }
    }
}

impl User {
    /// A verified user called `User`, on the standard plan.
    pub fn new(email: impl Into<String>, password: impl Into<SecretString>) -> Self {
        Self {
            email: email.into(),
            password: password.into(),
            name: user(),
            verified: true,
            banned: false,
            plan: Plan::default(),
            mail_fails: false,
            token: None,
            code: None,
        }
    }
}

impl Project {
    /// A project that watches nothing, with a token that is made up.
    pub fn new(owner: impl Into<String>, name: impl Into<String>) -> Self {
        Self { owner: owner.into(), name: name.into(), token: None, monitors: Vec::new() }
    }
}

impl Monitor {
    /// A monitor of that address, which is well.
    pub fn new(url: impl Into<String>) -> Self {
        Self { url: url.into(), name: None, status: MonitorStatus::default(), past_incidents: 0 }
    }
}

fn user() -> String {
    "User".to_owned()
}

fn yes() -> bool {
    true
}

fn some_secret<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<SecretString>, D::Error> {
    secret(deserializer).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documents_seed_passes_and_so_does_nobody() {
        assert_eq!(Seed::document().check(), Ok(()));
        assert_eq!(Seed::default().check(), Ok(()));
    }

    #[test]
    fn a_seed_that_cannot_work_is_refused_with_the_reason() {
        let alice = || User::new("alice@corp.test", "secret");
        let users = |users| Seed { users, ..Seed::default() };
        let shop = || Project::new("Alice@corp.test", "Shop");
        let projects = |projects| Seed { users: vec![alice()], projects, ..Seed::default() };
        let whose = || "alice@corp.test".to_owned();
        let monitor = |url| projects(vec![Project { monitors: vec![Monitor::new(url)], ..shop() }]);
        let past = Monitor { past_incidents: 101, ..Monitor::new("http://a") };
        assert_eq!(projects(vec![shop()]).check(), Ok(()));
        let refused = [
            (users(vec![User::new("alice", "secret")]), SeedError::Email("alice".into())),
            (users(vec![alice(), User::new("ALICE@corp.test", "x")]), SeedError::EmailTwice("ALICE@corp.test".into())),
            (users(vec![User { name: "\u{1b}".into(), ..alice() }]), SeedError::ControlCharacter("\u{1b}".into())),
            (users(vec![User { password: "".into(), ..alice() }]), SeedError::Password(whose())),
            (users(vec![User { password: "x".repeat(129).into(), ..alice() }]), SeedError::Password(whose())),
            (users(vec![User { code: Some("12345".into()), ..alice() }]), SeedError::Code(whose())),
            (users(vec![User { token: Some("a b".into()), ..alice() }]), SeedError::Token(whose())),
            (
                Seed {
                    users: vec![User { token: Some("same".into()), ..alice() }],
                    ..projects(vec![Project { token: Some("same".into()), ..shop() }])
                },
                SeedError::Token("Shop".into()),
            ),
            (
                projects(vec![Project::new("bob@corp.test", "Shop")]),
                SeedError::UnknownOwner { project: "Shop".into(), owner: "bob@corp.test".into() },
            ),
            (monitor("ftp://a"), SeedError::MonitorUrl("ftp://a".into())),
            (projects(vec![Project { monitors: vec![past], ..shop() }]), SeedError::PastIncidents("http://a".into())),
            (users((0..1001).map(|number| User::new(format!("{number}@a"), "x")).collect()), SeedError::TooMuch),
        ];
        for (seed, reason) in refused {
            assert_eq!(seed.check(), Err(reason));
        }
        let google = Google {
            client_id: "probity".to_owned(),
            issuer: "https://accounts.google.com".to_owned(),
            jwks_url: "https://www.googleapis.com/oauth2/v3/certs".parse().expect("a URL"),
        };
        assert_eq!(Seed { google: Some(google), ..Seed::default() }.check(), Err(SeedError::JwksUrl));
    }

    #[test]
    fn a_file_says_what_is_wrong_with_it_and_shows_no_secret() {
        let user = "email = \"a@b.test\"";
        let wrong = [
            (user.to_owned(), "missing field `password`"),
            (format!("{user}\npassword = 12345678"), "this has to be a text in quotes"),
            (format!("{user}\npassword = \"x\"\ntoken = 12345678"), "this has to be a text in quotes"),
            (format!("{user}\npassword = \"x\"\nplan = \"free\""), "unknown variant `free`"),
        ];
        let wrong = wrong.into_iter().map(|(user, reason)| (format!("[[users]]\n{user}"), reason));
        for (text, reason) in wrong.chain([("smtp = \"12345678\"".to_owned(), "\"host:port\"")]) {
            let error = toml::from_str::<Seed>(&text).expect_err(reason);
            assert!(error.message().contains(reason), "{}", error.message());
            assert!(!error.message().contains("12345678"), "{}", error.message());
        }
    }

    #[test]
    fn a_seed_shows_no_secret() {
        let shown = format!("{:?}", Seed::document());
        assert!(shown.contains("user@example.com"), "{shown}");
        for secret in ["your_password", "YOUR_", "123456"] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }
}
