//! `GET /api/oauth/callback/:provider`: the provider's code for a session.

use bytes::Bytes;
use http::header::{ACCEPT, COOKIE, LOCATION};
use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use super::confirmation::confirmed;
use super::cookie::SecretCookie;
use super::releases::refusal_of_page;
use super::{Error, OAuthLogin, Refusal, SessionCookie};
use crate::endpoint::Endpoint;
use crate::{BaseUrl, ConfigurationError, Rejection};

/// Completing a login by a provider.
#[derive(Debug)]
pub struct OAuthCallback<'a> {
    answer: &'a AuthorizationResponse,
}

impl<'a> OAuthCallback<'a> {
    /// With what the provider answered.
    pub fn new(answer: &'a AuthorizationResponse) -> Self {
        Self { answer }
    }
}

/// What a provider answers when the user approves (RFC 6749, 4.1.2). `Debug` does not show it.
#[derive(Debug, Clone)]
pub struct AuthorizationResponse {
    code: SecretString,
    state: Option<SecretString>,
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

    /// Those that the provider put into the address that it sent the browser to. `None` where there is no code: the user
    /// did not approve.
    pub fn in_url(url: &Url) -> Option<Self> {
        let value = |name: &str| {
            let (_, value) = url.query_pairs().find(|(found, _)| found == name)?;
            Some(SecretString::from(&*value))
        };
        Some(Self { code: value("code")?, state: value("state") })
    }
}

impl Endpoint for OAuthCallback<'_> {
    type Credential = OAuthLogin;
    type Output = SessionCookie;
    type Refusal = Refusal;
    const NAME: &'static str = "tinyauth.oauthCallback";

    fn request(&self, base: &BaseUrl, login: &OAuthLogin) -> Result<http::Request<Bytes>, ConfigurationError> {
        let AuthorizationResponse { code, state } = self.answer;
        let mut url = base.join(["api", "oauth", "callback", login.provider().as_str()])?;
        url.query_pairs_mut().append_pair("code", code.expose_secret());
        if let Some(state) = state {
            url.query_pairs_mut().append_pair("state", state.expose_secret());
        }
        let mut request = http::Request::get(url.as_str()).header(ACCEPT, "application/json");
        if let Some(cookies) = login.header()? {
            request = request.header(COOKIE, cookies);
        }
        Ok(request.body(Bytes::new())?)
    }

    fn secrets<'a>(&'a self, login: &'a OAuthLogin) -> Vec<&'a str> {
        let AuthorizationResponse { code, state } = self.answer;
        login.secrets().chain([code].into_iter().chain(state).map(|secret| secret.expose_secret())).collect()
    }

    fn read(&self, response: &http::Response<Bytes>) -> Result<SessionCookie, Error> {
        if !response.status().is_redirection() {
            confirmed::<Self>(response)?;
            let cookie = SecretCookie::session_set_by(response).map_err(|error| Error::of(Self::NAME, error))?;
            return Ok(SessionCookie(cookie));
        }
        // Releases redirect in API mode as well, and only tell by where to whether that is a success.
        let location = response.headers().get(LOCATION).and_then(|location| location.to_str().ok());
        let refusal = location.and_then(refusal_of_page);
        match SecretCookie::session_set_by(response) {
            Ok(cookie) if location.is_some() && refusal.is_none() => Ok(SessionCookie(cookie)),
            _ => Err(Error::of(Self::NAME, Rejection::with(refusal, response))),
        }
    }
}
