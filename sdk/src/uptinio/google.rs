//! `POST /api/v1/auth/google`: an ID token of Google's for a user token.
//!
//! The document names the call and no more. That the token is sent as `id_token`, and that the answer is that of signing in
//! by password, is this crate's guess; of the answer only the token has to be there.

use bytes::Bytes;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Deserializer, de};
use serde_json::{Value, json};

use super::request::{post_json, url};
use super::{Error, Refusal, User, UserToken};
use crate::endpoint::{Endpoint, read_json};
use crate::{BaseUrl, ConfigurationError, InvalidField};

/// Signing in by Google.
#[derive(Debug)]
pub struct SignInWithGoogle {
    id_token: SecretString,
}

impl SignInWithGoogle {
    /// With this ID token, as Google's sign-in gives it to the application. It may not be empty.
    pub fn new(id_token: impl Into<SecretString>) -> Self {
        Self { id_token: id_token.into() }
    }
}

/// What signing in by Google gives.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct SignedInWithGoogle {
    /// What lets the calls in that follow.
    pub token: UserToken,
    /// Whose it is, if the answer tells it as signing in by password does.
    pub user: Option<User>,
}

impl<'de> Deserialize<'de> for SignedInWithGoogle {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct OnTheWire {
            user: Value,
        }

        #[derive(Deserialize)]
        struct WithToken {
            authentication_token: UserToken,
        }

        let user = OnTheWire::deserialize(deserializer)?.user;
        let WithToken { authentication_token: token } = WithToken::deserialize(&user).map_err(de::Error::custom)?;
        Ok(Self { token, user: User::deserialize(user).ok() })
    }
}

impl Endpoint for SignInWithGoogle {
    type Credential = ();
    type Output = SignedInWithGoogle;
    type Refusal = Refusal;
    const NAME: &'static str = "uptinio.signInWithGoogle";

    fn request(&self, base: &BaseUrl, (): &()) -> Result<http::Request<Bytes>, ConfigurationError> {
        let id_token = self.id_token.expose_secret();
        InvalidField::if_empty("id_token", id_token)?;
        post_json(&url(base, ["auth", "google"])?, None, &json!({ "id_token": id_token }))
    }

    fn secrets<'a>(&'a self, (): &()) -> Vec<&'a str> {
        vec![self.id_token.expose_secret()]
    }

    fn read(&self, response: &http::Response<Bytes>) -> Result<SignedInWithGoogle, Error> {
        read_json::<Self, _>(response)
    }
}
