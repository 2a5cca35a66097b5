//! `POST /api/v1/auth/sign_in`: an address and a password for a user token.

use bytes::Bytes;
use serde::{Deserialize, Deserializer};
use serde_json::json;

use super::request::{post_json, url};
use super::{Error, Refusal, UserToken};
use crate::endpoint::{Endpoint, read_json};
use crate::id::opaque_id;
use crate::lenient::boolean_or_its_text;
use crate::{BaseUrl, ConfigurationError, Credentials};

/// Signing in.
#[derive(Debug)]
pub struct SignIn<'a> {
    credentials: &'a Credentials,
}

impl<'a> SignIn<'a> {
    /// With this address and password.
    pub fn new(credentials: &'a Credentials) -> Self {
        Self { credentials }
    }
}

/// What signing in gives.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct SignedIn {
    /// What lets the calls in that follow.
    pub token: UserToken,
    /// Whose it is.
    pub user: User,
}

/// A user.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct User {
    /// The user's id: a number in the document's samples.
    pub id: UserId,
    /// The address to sign in with.
    pub email: String,
    /// The full name.
    pub name: String,
    /// Whether the address is verified. Monitors and integrations can be created only then.
    #[serde(deserialize_with = "boolean_or_its_text")]
    pub email_verified: bool,
}

opaque_id! {
    /// A user's id.
    UserId
}

impl<'de> Deserialize<'de> for SignedIn {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct OnTheWire {
            user: WithToken,
        }

        #[derive(Deserialize)]
        struct WithToken {
            authentication_token: UserToken,
            id: UserId,
            email: String,
            name: String,
            #[serde(deserialize_with = "boolean_or_its_text")]
            email_verified: bool,
        }

        let WithToken { authentication_token: token, id, email, name, email_verified } =
            OnTheWire::deserialize(deserializer)?.user;
        Ok(Self { token, user: User { id, email, name, email_verified } })
    }
}

impl Endpoint for SignIn<'_> {
    type Credential = ();
    type Output = SignedIn;
    type Refusal = Refusal;
    const NAME: &'static str = "uptinio.signIn";

    fn request(&self, base: &BaseUrl, (): &()) -> Result<http::Request<Bytes>, ConfigurationError> {
        self.credentials.check("email")?;
        let user = json!({ "email": self.credentials.username(), "password": self.credentials.expose_password() });
        post_json(&url(base, ["auth", "sign_in"])?, None, &json!({ "user": user }))
    }

    fn secrets<'a>(&'a self, (): &()) -> Vec<&'a str> {
        vec![self.credentials.expose_password()]
    }

    fn read(&self, response: &http::Response<Bytes>) -> Result<SignedIn, Error> {
        read_json::<Self, _>(response)
    }
}
