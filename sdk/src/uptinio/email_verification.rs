//! `POST /api/v1/email_verifications/…`: whether an address is its user's.
//!
//! A code has six digits and is good for 15 minutes; another can be sent a minute after the last.

use bytes::Bytes;
use http::Method;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Deserializer};
use serde_json::json;

use super::outcome::told;
use super::request::{plain, post_json, url};
use super::{Error, Refusal, UserToken};
use crate::endpoint::{Endpoint, read_json};
use crate::lenient::{boolean_or_its_text, if_readable};
use crate::{BaseUrl, ConfigurationError, FieldProblem, InvalidField, Rejection};

/// Of how many digits a code is.
const DIGITS: usize = 6;

/// Verifying an address by the code that was sent to it (`…/verify`).
#[derive(Debug)]
pub struct VerifyEmail {
    code: SecretString,
}

impl VerifyEmail {
    /// By this code: six digits, as text, since the first may be zero. Anything else is refused when it is sent, before it goes
    /// out: see [`InvalidField`].
    pub fn new(code: impl Into<SecretString>) -> Self {
        Self { code: code.into() }
    }
}

/// Having another code sent (`…/resend`).
#[derive(Debug, Clone, Copy)]
pub struct ResendCode;

/// How it stands with an address.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct EmailStatus {
    /// The address.
    pub email: String,
    /// Whether it is verified, be it by this call or since before: a code is sent to none that is.
    pub email_verified: bool,
    /// For people, in Uptinio's words.
    pub message: Option<String>,
}

impl<'de> Deserialize<'de> for EmailStatus {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct OnTheWire {
            #[serde(default, deserialize_with = "if_readable")]
            message: Option<String>,
            user: Address,
        }

        #[derive(Deserialize)]
        struct Address {
            email: String,
            #[serde(deserialize_with = "boolean_or_its_text")]
            email_verified: bool,
        }

        let OnTheWire { message, user: Address { email, email_verified } } = OnTheWire::deserialize(deserializer)?;
        Ok(Self { email, email_verified, message })
    }
}

/// Not done is what says so, whatever its status.
fn done<E: Endpoint<Refusal = Refusal>>(response: &http::Response<Bytes>) -> Result<EmailStatus, Error> {
    match told(response, "success") {
        Some(false) => Err(Error::of(E::NAME, Rejection::new(response))),
        _ => read_json::<E, _>(response),
    }
}

impl Endpoint for VerifyEmail {
    type Credential = UserToken;
    type Output = EmailStatus;
    type Refusal = Refusal;
    const NAME: &'static str = "uptinio.verifyEmail";

    fn request(&self, base: &BaseUrl, token: &UserToken) -> Result<http::Request<Bytes>, ConfigurationError> {
        let code = self.code.expose_secret();
        if code.len() != DIGITS || !code.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(InvalidField::new("code", FieldProblem::NotDigits { count: DIGITS }).into());
        }
        let url = url(base, ["email_verifications", "verify"])?;
        post_json(&url, Some(token.header()?), &json!({ "code": code }))
    }

    fn secrets<'a>(&'a self, token: &'a UserToken) -> Vec<&'a str> {
        vec![token.expose_secret(), self.code.expose_secret()]
    }

    fn read(&self, response: &http::Response<Bytes>) -> Result<EmailStatus, Error> {
        done::<Self>(response)
    }
}

impl Endpoint for ResendCode {
    type Credential = UserToken;
    type Output = EmailStatus;
    type Refusal = Refusal;
    const NAME: &'static str = "uptinio.resendCode";

    fn request(&self, base: &BaseUrl, token: &UserToken) -> Result<http::Request<Bytes>, ConfigurationError> {
        plain(Method::POST, &url(base, ["email_verifications", "resend"])?, token.header()?)
    }

    fn secrets<'a>(&'a self, token: &'a UserToken) -> Vec<&'a str> {
        vec![token.expose_secret()]
    }

    fn read(&self, response: &http::Response<Bytes>) -> Result<EmailStatus, Error> {
        done::<Self>(response)
    }
}
