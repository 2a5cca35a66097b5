//! `POST /api/v1/auth/google`: an ID token of Google's for a user token.
//!
//! The document names the call and no more. That the token is sent as `id_token`, and that the answer is that of signing in
//! by password, is this crate's guess.

use bytes::Bytes;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;

use super::request::{post_json, url};
use super::{Error, Refusal, SignedIn};
use crate::endpoint::{Endpoint, read_json};
use crate::{BaseUrl, ConfigurationError};

/// Signing in by Google.
#[derive(Debug)]
pub struct SignInWithGoogle {
    id_token: SecretString,
}

impl SignInWithGoogle {
    /// With this ID token, as Google's sign-in gives it to the application.
    pub fn new(id_token: impl Into<SecretString>) -> Self {
        Self { id_token: id_token.into() }
    }
}

impl Endpoint for SignInWithGoogle {
    type Credential = ();
    type Output = SignedIn;
    type Refusal = Refusal;
    const NAME: &'static str = "uptinio.signInWithGoogle";

    fn request(&self, base: &BaseUrl, (): &()) -> Result<http::Request<Bytes>, ConfigurationError> {
        post_json(&url(base, ["auth", "google"])?, None, &json!({ "id_token": self.id_token.expose_secret() }))
    }

    fn secrets<'a>(&'a self, (): &()) -> Vec<&'a str> {
        vec![self.id_token.expose_secret()]
    }

    fn read(&self, response: &http::Response<Bytes>) -> Result<SignedIn, Error> {
        read_json::<Self, _>(response)
    }
}
