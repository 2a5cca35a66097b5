//! `POST /api/totp`: the code that a login waits for.

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE, COOKIE};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;

use super::{Error, LoggedIn, PendingCookie, Refusal, SessionCookie};
use crate::endpoint::{Endpoint, JSON};
use crate::{BaseUrl, ConfigurationError, InvalidField};

/// Completing a login with a TOTP code. `Debug` does not show the code.
#[derive(Debug)]
pub struct VerifyTotp {
    code: SecretString,
}

impl VerifyTotp {
    /// This code: six digits, as text. It may not be empty.
    pub fn new(code: impl Into<SecretString>) -> Self {
        Self { code: code.into() }
    }
}

impl Endpoint for VerifyTotp {
    type Credential = PendingCookie;
    type Output = SessionCookie;
    type Refusal = Refusal;
    const NAME: &'static str = "tinyauth.totp";

    fn request(&self, base: &BaseUrl, pending: &PendingCookie) -> Result<http::Request<Bytes>, ConfigurationError> {
        InvalidField::if_empty("code", self.code.expose_secret())?;
        let request = http::Request::post(String::from(base.join(["api", "totp"])?))
            .header(ACCEPT, JSON)
            .header(CONTENT_TYPE, JSON)
            .header(COOKIE, pending.0.header()?)
            .body(json!({ "code": self.code.expose_secret() }).to_string().into())?;
        Ok(request)
    }

    fn secrets<'a>(&'a self, pending: &'a PendingCookie) -> Vec<&'a str> {
        vec![self.code.expose_secret(), pending.0.expose_value()]
    }

    fn read(&self, response: &http::Response<Bytes>) -> Result<SessionCookie, Error> {
        LoggedIn::completed_by::<Self>(response)
    }
}
