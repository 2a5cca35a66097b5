//! `POST /api/login`: a name and a password for a session.

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE};

use super::confirmation::confirmed;
use super::cookie::SecretCookie;
use super::releases::{TotpPending, login_body};
use super::{Error, PendingCookie, Refusal, SessionCookie};
use crate::endpoint::{Endpoint, JSON, read_json};
use crate::{BaseUrl, ConfigurationError, Credentials, Rejection};

/// Logging in by name and password.
#[derive(Debug)]
pub struct PasswordLogin<'a> {
    credentials: &'a Credentials,
}

impl<'a> PasswordLogin<'a> {
    /// Logging in with these. The name may be the user's address, where the server takes it.
    pub fn new(credentials: &'a Credentials) -> Self {
        Self { credentials }
    }
}

/// What the right password gives.
#[derive(Debug, Clone)]
pub enum LoggedIn {
    /// A session.
    Complete(SessionCookie),
    /// A login that waits for a TOTP code.
    TotpRequired(PendingCookie),
}

impl LoggedIn {
    /// What an answer gives that says that a login was done.
    fn told_by<E: Endpoint<Refusal = Refusal>>(response: &http::Response<Bytes>) -> Result<Self, Error> {
        confirmed::<E>(response)?;
        let TotpPending { is_pending } = read_json::<E, _>(response)?;
        let cookie = SecretCookie::session_set_by(response).map_err(|error| Error::of(E::NAME, error))?;
        Ok(match is_pending {
            true => LoggedIn::TotpRequired(PendingCookie(cookie)),
            false => LoggedIn::Complete(SessionCookie(cookie)),
        })
    }

    /// The session of a login that has nothing to wait for. One that waits all the same is nobody's.
    pub(super) fn completed_by<E: Endpoint<Refusal = Refusal>>(
        response: &http::Response<Bytes>,
    ) -> Result<SessionCookie, Error> {
        match Self::told_by::<E>(response)? {
            LoggedIn::Complete(session) => Ok(session),
            LoggedIn::TotpRequired(_) => {
                Err(Error::of(E::NAME, Rejection::with(Some(Refusal::Unauthorized), response)))
            }
        }
    }
}

impl Endpoint for PasswordLogin<'_> {
    type Credential = ();
    type Output = LoggedIn;
    type Refusal = Refusal;
    const NAME: &'static str = "tinyauth.login";

    fn request(&self, base: &BaseUrl, (): &()) -> Result<http::Request<Bytes>, ConfigurationError> {
        self.credentials.check("username")?;
        let request = http::Request::post(String::from(base.join(["api", "login"])?))
            .header(ACCEPT, JSON)
            .header(CONTENT_TYPE, JSON)
            .body(login_body(self.credentials))?;
        Ok(request)
    }

    fn secrets<'a>(&'a self, (): &()) -> Vec<&'a str> {
        vec![self.credentials.expose_password()]
    }

    fn read(&self, response: &http::Response<Bytes>) -> Result<LoggedIn, Error> {
        LoggedIn::told_by::<Self>(response)
    }
}
