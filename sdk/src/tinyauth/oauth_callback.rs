//! `GET /api/oauth/callback/:provider`: the provider's code for a session.

use bytes::Bytes;
use http::header::{ACCEPT, COOKIE, LOCATION};
use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use super::cookie::SecretCookie;
use super::releases::refusal_of_page;
use super::{Error, LoggedIn, OAuthLogin, Refusal, SessionCookie};
use crate::endpoint::{Endpoint, JSON};
use crate::error::Printable;
use crate::{BaseUrl, ConfigurationError, FieldProblem, InvalidField, Rejection};

/// Completing a login by a provider.
#[derive(Debug)]
pub struct OAuthCallback<'a> {
    login: &'a OAuthLogin,
    answer: &'a AuthorizationResponse,
}

impl<'a> OAuthCallback<'a> {
    /// This login, with what the provider answered.
    pub fn new(login: &'a OAuthLogin, answer: &'a AuthorizationResponse) -> Self {
        Self { login, answer }
    }

    /// What a redirect to there says.
    fn refusal(&self, location: &str) -> Option<Refusal> {
        match Url::parse(location) {
            Ok(page) => self.login.own_page(&page).and_then(refusal_of_page),
            // Some pages are named by their path alone, and are on the host that was asked.
            Err(_) => refusal_of_page(location),
        }
    }
}

/// What a provider answers when the user approves (RFC 6749, 4.1.2). `Debug` does not show it.
#[derive(Debug, Clone)]
pub struct AuthorizationResponse {
    code: SecretString,
    state: Option<SecretString>,
}

/// Why the address that a provider sent the browser to brings no code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotAuthorized {
    /// The provider says why (RFC 6749, 4.1.2.1).
    #[error("the provider answered with the error `{}`", Printable(error))]
    #[non_exhaustive]
    Refused {
        /// Its code: `access_denied` where the user, or the provider, did not approve.
        error: String,
        /// The same in the provider's words, for developers.
        description: Option<String>,
    },
    /// There is none, or an empty one, which counts as none (RFC 6749, 3.1).
    #[error("the address has no `code`")]
    NoCode,
    /// A parameter is there more than once, which none may be (RFC 6749, 3.1).
    #[error("the address has more than one `{0}`")]
    Repeated(&'static str),
}

impl AuthorizationResponse {
    /// The code alone, as the document has it.
    pub fn new(code: impl Into<SecretString>) -> Self {
        Self { code: code.into(), state: None }
    }

    /// The state that came with the code. All known releases want it. It must be the one that came: the one that went out,
    /// sent in its place, would let anybody's code in.
    pub fn state(self, state: impl Into<SecretString>) -> Self {
        Self { state: Some(state.into()), ..self }
    }

    /// Those that the provider put into the address that it sent the browser to.
    ///
    /// # Errors
    /// When it brings no code, with what the provider says about it.
    pub fn in_url(url: &Url) -> Result<Self, NotAuthorized> {
        let value = |name: &'static str| {
            let mut values = url.query_pairs().filter(|(found, _)| found == name).map(|(_, value)| value.into_owned());
            match (values.next(), values.next()) {
                (_, Some(_)) => Err(NotAuthorized::Repeated(name)),
                (value, None) => Ok(value.filter(|value| !value.is_empty())),
            }
        };
        let (code, state) = (value("code")?, value("state")?);
        if let Some(error) = value("error")? {
            return Err(NotAuthorized::Refused { error, description: value("error_description")? });
        }
        let code = code.ok_or(NotAuthorized::NoCode)?.into();
        Ok(Self { code, state: state.map(SecretString::from) })
    }
}

impl Endpoint for OAuthCallback<'_> {
    type Credential = ();
    type Output = SessionCookie;
    type Refusal = Refusal;
    const NAME: &'static str = "tinyauth.oauthCallback";

    fn request(&self, base: &BaseUrl, (): &()) -> Result<http::Request<Bytes>, ConfigurationError> {
        let AuthorizationResponse { code, state } = self.answer;
        if code.expose_secret().is_empty() {
            return Err(InvalidField::new("code", FieldProblem::Empty).into());
        }
        let mut url = base.join(["api", "oauth", "callback", self.login.provider().as_str()])?;
        url.query_pairs_mut().append_pair("code", code.expose_secret());
        if let Some(state) = state {
            url.query_pairs_mut().append_pair("state", state.expose_secret());
        }
        let mut request = http::Request::get(url.as_str()).header(ACCEPT, JSON);
        if let Some(cookies) = self.login.header()? {
            request = request.header(COOKIE, cookies);
        }
        Ok(request.body(Bytes::new())?)
    }

    fn secrets<'a>(&'a self, (): &()) -> Vec<&'a str> {
        let AuthorizationResponse { code, state } = self.answer;
        self.login.secrets().chain([code].into_iter().chain(state).map(|secret| secret.expose_secret())).collect()
    }

    fn read(&self, response: &http::Response<Bytes>) -> Result<SessionCookie, Error> {
        if !response.status().is_redirection() {
            return LoggedIn::completed_by::<Self>(response);
        }
        // Releases redirect in API mode as well, and only tell by where to whether that is a success.
        let location = response.headers().get(LOCATION).and_then(|location| location.to_str().ok());
        let refusal = location.and_then(|location| self.refusal(location));
        match SecretCookie::session_set_by(response) {
            Ok(cookie) if location.is_some() && refusal.is_none() => Ok(SessionCookie(cookie)),
            _ => Err(Error::of(Self::NAME, Rejection::with(refusal, response))),
        }
    }
}
