//! What a server holds when it starts.

use super::app_url::AppUrl;
use super::provider::Provider;
use super::totp_secret::TotpSecret;
use crate::password::{PasswordHash, is_hashable};
use crate::web_address::url;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer, de};
use std::collections::HashSet;
use std::str::FromStr;
use url::Url;

/// The users of a server, its address, and its identity providers. In a file:
///
/// ```
/// # let seed: probity_server::tinyauth::Seed = toml::from_str(r#"
/// users = [   # name, bcrypt hash and, for an account with TOTP, its secret in base32: as Tinyauth takes them
///     "alice:$2a$10$AvGHLTYv3xiRJ0xV9xs3XeVIlkGTygI9nqIamFYB5Xu.5.0UWF7B6",
///     "bob:$2a$10$AvGHLTYv3xiRJ0xV9xs3XeVIlkGTygI9nqIamFYB5Xu.5.0UWF7B6:JBSWY3DPEHPK3PXP",
/// ]
/// app_url = "https://auth.example.com"    # the server's own address when left out
///
/// [[providers]]
/// id = "generic"
/// client_id = "tinyauth"
/// client_secret = "…"
/// authorize_url = "http://127.0.0.1:9000/authorize"
/// token_url = "http://127.0.0.1:9000/token"
/// userinfo_url = "http://127.0.0.1:9000/userinfo"
/// # "#)?;
/// # seed.check()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seed {
    /// At least one. Where a deviation speaks of the first user, it is the first of these.
    pub users: Vec<User>,
    /// Where browsers find the server: scheme, host and port. It decides where they are sent to log in, and which hosts
    /// the cookies are for. The address that the server listens on when left out.
    #[serde(default, deserialize_with = "some_url")]
    pub app_url: Option<Url>,
    /// Who else may say who somebody is.
    #[serde(default)]
    pub providers: Vec<Provider>,
}

/// A user of a [`Seed`]. Its text, which Tinyauth's own settings have, is `name:hash` or `name:hash:secret`.
#[derive(Debug, Clone)]
pub struct User {
    /// The name to log in with. No two users have the same, in whatever case, for the addresses are made of them.
    pub name: String,
    /// What the password is known by.
    pub password: Password,
    /// The secret of an account that wants a code after the password.
    pub totp: Option<TotpSecret>,
}

/// What a user's password is known by.
#[derive(Debug, Clone)]
pub enum Password {
    /// The password itself: 1 to 71 bytes without a NUL, which is what bcrypt can tell apart.
    Plain(SecretString),
    /// Its bcrypt hash.
    Hashed(SecretString),
}

/// Why a server cannot start with a [`Seed`].
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum SeedError {
    /// Nobody could log in.
    #[error("there is no user, and a server has at least one")]
    NoUsers,
    /// It could not be told from another one in a header or an address.
    #[error(
        "the user's name {0:?} cannot be used: it has to have 1 to 255 bytes, without a colon, control characters, and spaces at its ends"
    )]
    Name(String),
    /// A login would not say which user it is.
    #[error("there are two users named {0:?}, if one does not mind capital letters")]
    NameTwice(String),
    /// Nobody could log in with it.
    #[error("the password of {0:?} has to be 1 to 71 bytes without a NUL, or a hash that bcrypt makes")]
    Password(String),
    /// Cookies and redirects could not be made from it.
    #[error("the `app_url` has to be http or https, a host, and a port if need be, and nothing else: {0}")]
    AppUrl(Url),
    /// The path of its callback could not be told from another one's.
    #[error(
        "the provider's id {0:?} cannot be used: it has to be of small letters, digits and hyphens, and no other one's"
    )]
    ProviderId(String),
    /// The server's own requests are of plain HTTP.
    #[error("the provider {0:?} cannot be asked: `token_url` and `userinfo_url` have to begin with http://")]
    ProviderUrl(String),
}

impl Seed {
    /// What the document's samples speak of: the user `user` with the password `password`, and besides `totp`, whose
    /// password is the same and whose account wants a code of the secret `JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP`.
    pub fn document() -> Self {
        let users = vec![User::new("user", "password"), User::new("totp", "password").totp(TotpSecret::sample())];
        Self { users, app_url: None, providers: Vec::new() }
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
        let (mut names, mut ids) = (HashSet::new(), HashSet::new());
        for user in &self.users {
            let name = &user.name;
            if name.is_empty() || name.len() > 255 || name.contains(':') || !is_presentable(name) {
                return Err(SeedError::Name(name.clone()));
            }
            if !names.insert(name.to_lowercase()) {
                return Err(SeedError::NameTwice(name.clone()));
            }
            if !user.password.can_be_matched() {
                return Err(SeedError::Password(name.clone()));
            }
        }
        if let Some(url) = self.app_url.as_ref().filter(|url| AppUrl::new(url).is_none()) {
            return Err(SeedError::AppUrl(url.clone()));
        }
        for provider in &self.providers {
            let id = &provider.id;
            let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
            if id.is_empty() || !id.bytes().all(is_plain) || !ids.insert(id) {
                return Err(SeedError::ProviderId(id.clone()));
            }
            if provider.asked().into_iter().any(|url| url.scheme() != "http" || !url.has_host()) {
                return Err(SeedError::ProviderUrl(id.clone()));
            }
        }
        Ok(())
    }
}

/// Whether a text stays what it is in a header's value.
pub(super) fn is_presentable(text: &str) -> bool {
    text.trim() == text && !text.contains(char::is_control)
}

impl User {
    /// A user without TOTP.
    pub fn new(name: impl Into<String>, password: impl Into<SecretString>) -> Self {
        Self { name: name.into(), password: Password::Plain(password.into()), totp: None }
    }

    /// The same user, whose account wants a code after the password.
    pub fn totp(mut self, secret: TotpSecret) -> Self {
        self.totp = Some(secret);
        self
    }
}

impl Password {
    fn can_be_matched(&self) -> bool {
        match self {
            Password::Plain(password) => {
                let password = password.expose_secret();
                !password.is_empty() && is_hashable(password)
            }
            Password::Hashed(hash) => PasswordHash::read(hash).is_some(),
        }
    }
}

/// Why a text is no [`User`]. It shows nothing of the text, in which a hash or a secret stands.
#[derive(Debug, thiserror::Error, Clone, PartialEq, Eq)]
#[error(
    "a user is written \"name:hash\", with a hash that bcrypt makes, or \"name:hash:secret\", with a TOTP secret of at least 16 letters in base32"
)]
pub struct UserError;

impl FromStr for User {
    type Err = UserError;

    /// Reads `name:hash` or `name:hash:secret`. `$$` counts as `$`, as it stands in Compose files.
    fn from_str(text: &str) -> Result<Self, UserError> {
        let text = text.replace("$$", "$");
        let mut parts = text.trim().split(':');
        let (Some(name), Some(hash), secret, None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
            return Err(UserError);
        };
        let hash = SecretString::from(hash);
        PasswordHash::read(&hash).ok_or(UserError)?;
        let totp = secret.map(str::parse).transpose().map_err(|_| UserError)?;
        Ok(Self { name: name.to_owned(), password: Password::Hashed(hash), totp })
    }
}

impl<'de> Deserialize<'de> for User {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Serde's own error would show what stands in the text's place.
        match toml::Value::deserialize(deserializer)? {
            toml::Value::String(text) => text.parse().map_err(de::Error::custom),
            _ => Err(de::Error::custom(UserError)),
        }
    }
}

fn some_url<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Url>, D::Error> {
    url(deserializer).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HASH: &str = "$2a$10$AvGHLTYv3xiRJ0xV9xs3XeVIlkGTygI9nqIamFYB5Xu.5.0UWF7B6";

    fn seed(users: Vec<User>) -> Seed {
        Seed { users, app_url: None, providers: Vec::new() }
    }

    #[test]
    fn the_documents_seed_passes() {
        assert_eq!(Seed::document().check(), Ok(()));
    }

    #[test]
    fn a_seed_that_cannot_work_is_refused_with_the_reason() {
        let alice = || User::new("alice", "secret");
        let hashed = |hash: &str| User { password: Password::Hashed(hash.into()), ..alice() };
        let wrong_cost = HASH.replace("$10$", "$99$");
        let refused = [
            (vec![], SeedError::NoUsers),
            (vec![User::new("", "secret")], SeedError::Name(String::new())),
            (vec![User::new("al:ice", "secret")], SeedError::Name("al:ice".into())),
            (vec![User::new(" alice", "secret")], SeedError::Name(" alice".into())),
            (vec![User::new("al\r\nice", "secret")], SeedError::Name("al\r\nice".into())),
            (vec![User::new("x".repeat(256), "secret")], SeedError::Name("x".repeat(256))),
            (vec![alice(), User::new("Alice", "secret")], SeedError::NameTwice("Alice".into())),
            (vec![User::new("alice", "")], SeedError::Password("alice".into())),
            (vec![User::new("alice", "x".repeat(72))], SeedError::Password("alice".into())),
            (vec![hashed("secret")], SeedError::Password("alice".into())),
            (vec![hashed(&wrong_cost)], SeedError::Password("alice".into())),
        ];
        for (users, reason) in refused {
            assert_eq!(seed(users).check(), Err(reason));
        }
    }

    #[test]
    fn an_address_or_a_provider_that_cannot_work_is_refused_too() {
        let url = |url: &str| url.parse::<Url>().expect(url);
        let provider = |id: &str, token_url: &str| Provider {
            id: id.to_owned(),
            name: "Generic".to_owned(),
            client_id: "probity".to_owned(),
            client_secret: "secret".into(),
            scopes: Vec::new(),
            authorize_url: url("https://idp.test/authorize"),
            token_url: url(token_url),
            userinfo_url: url("http://idp.test/userinfo"),
        };
        let good = || provider("generic", "http://idp.test/token");
        let with = |providers| Seed { providers, ..Seed::document() };
        assert_eq!(with(vec![good()]).check(), Ok(()));
        assert_eq!(with(vec![good(), good()]).check(), Err(SeedError::ProviderId("generic".into())));
        for id in ["", "Generic", "gen/eric", "gen eric"] {
            let provider = provider(id, "http://idp.test/token");
            assert_eq!(with(vec![provider]).check(), Err(SeedError::ProviderId(id.into())));
        }
        let secure = provider("generic", "https://idp.test/token");
        assert_eq!(with(vec![secure]).check(), Err(SeedError::ProviderUrl("generic".into())));
        let below = Seed { app_url: Some(url("https://example.com/auth")), ..Seed::document() };
        assert_eq!(below.check(), Err(SeedError::AppUrl(url("https://example.com/auth"))));
    }

    #[test]
    fn a_user_is_written_as_tinyauth_has_it() {
        let doubled = HASH.replace('$', "$$");
        for text in [format!("alice:{HASH}"), format!("alice:{doubled}"), format!(" alice:{HASH}\n")] {
            let user: User = text.parse().expect("a user");
            assert!(user.name == "alice" && user.totp.is_none(), "{text}");
            assert_eq!(seed(vec![user]).check(), Ok(()));
        }
        let user: User = format!("alice:{HASH}:JBSWY3DPEHPK3PXP").parse().expect("a user");
        assert_eq!(user.totp.expect("a secret").base32().expose_secret(), "JBSWY3DPEHPK3PXP");
    }

    #[test]
    fn what_is_no_user_is_refused_without_being_shown() {
        let hush = "hush-hush";
        let cut = &HASH[..59];
        for text in [
            hush.to_owned(),
            format!("alice:{hush}"),
            format!("alice:{cut}"),
            format!("alice:{HASH}:{hush}"),
            format!("alice:{HASH}:JBSWY3DP"),
            format!("alice:{HASH}:JBSWY3DPEHPK3PXP:{hush}"),
        ] {
            let error = text.parse::<User>().expect_err(&text).to_string();
            assert!(!error.contains(hush) && !error.contains(HASH), "{error}");
        }
    }

    #[test]
    fn a_seed_shows_no_secret() {
        let plain = User::new("alice", "hush-hush").totp(TotpSecret::sample());
        let hashed = format!("bob:{HASH}").parse().expect("a user");
        let shown = format!("{:?}", seed(vec![plain, hashed]));
        assert!(shown.contains("alice") && shown.contains("bob"), "{shown}");
        for secret in ["hush", "JBSW", "AvGH"] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }
}
