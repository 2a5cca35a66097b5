//! `DELETE /api/v1/auth/sign_out`: the end of a user token.

use bytes::Bytes;
use http::Method;
use serde::de::IgnoredAny;

use super::request::{plain, url};
use super::{Error, Refusal, UserToken};
use crate::endpoint::{Endpoint, read_json};
use crate::{BaseUrl, ConfigurationError};

/// Signing out.
#[derive(Debug, Clone, Copy)]
pub struct SignOut;

impl Endpoint for SignOut {
    type Credential = UserToken;
    type Output = ();
    type Refusal = Refusal;
    const NAME: &'static str = "uptinio.signOut";

    fn request(&self, base: &BaseUrl, token: &UserToken) -> Result<http::Request<Bytes>, ConfigurationError> {
        plain(Method::DELETE, &url(base, ["auth", "sign_out"])?, token.header()?)
    }

    fn secrets<'a>(&'a self, token: &'a UserToken) -> Vec<&'a str> {
        vec![token.expose_secret()]
    }

    /// The document tells no answer: nothing at all will do, and any JSON, but not the page of a proxy.
    fn read(&self, response: &http::Response<Bytes>) -> Result<(), Error> {
        if response.status().is_success() && response.body().is_empty() {
            return Ok(());
        }
        read_json::<Self, IgnoredAny>(response).map(|IgnoredAny| ())
    }
}
