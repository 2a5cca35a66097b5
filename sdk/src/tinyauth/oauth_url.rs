//! `GET /api/oauth/url/:provider`: where a login by a provider begins.

use std::fmt;

use bytes::Bytes;
use http::header::{ACCEPT, HeaderValue};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::json;
use url::Url;

use super::cookie::{self, SecretCookie};
use super::{Error, Provider, Refusal};
use crate::endpoint::{Endpoint, JSON, read_json};
use crate::error::address;
use crate::{BaseUrl, ConfigurationError};

/// Beginning a login by a provider. `Debug` does not show the query of the address.
pub struct OAuthUrl {
    provider: Provider,
    redirect_uri: Option<String>,
}

impl OAuthUrl {
    /// By this one: the document names [`Github`](Provider::Github), [`Google`](Provider::Google) and
    /// [`Generic`](Provider::Generic).
    pub fn new(provider: impl Into<Provider>) -> Self {
        Self { provider: provider.into(), redirect_uri: None }
    }

    /// Where the browser wants to be once it is logged in.
    pub fn redirect_uri(self, redirect_uri: impl Into<String>) -> Self {
        Self { redirect_uri: Some(redirect_uri.into()), ..self }
    }
}

impl fmt::Debug for OAuthUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OAuthUrl")
            .field("provider", &self.provider)
            .field("redirect_uri", &self.redirect_uri.as_deref().map(address))
            .finish()
    }
}

/// A login by a provider that has begun. It holds the cookies that bind it to who began it: the
/// [callback](super::OAuthCallback) is let in by them. `Debug` shows neither them nor the query of the URL.
#[derive(Clone)]
pub struct OAuthLogin {
    provider: Provider,
    url: String,
    cookies: Vec<SecretCookie>,
}

/// A login as [`OAuthLogin::export`] writes it.
#[derive(Deserialize)]
struct Exported {
    provider: Provider,
    url: String,
    cookies: Vec<SecretString>,
}

impl OAuthLogin {
    /// The login from what [`export`](Self::export) gave.
    ///
    /// # Errors
    /// When it is none.
    pub fn import(exported: impl Into<SecretString>) -> Result<Self, ConfigurationError> {
        const NONE: ConfigurationError = ConfigurationError::NotExported("login by a provider");
        let Exported { provider, url, cookies } =
            serde_json::from_str(exported.into().expose_secret()).map_err(|_| NONE)?;
        let cookies: Option<_> = cookies.iter().map(SecretCookie::import).collect();
        Ok(Self { provider, url, cookies: cookies.ok_or(NONE)? })
    }

    /// The login as text, to be kept where secrets are until the provider has sent the browser back: where the callback is
    /// another request, or another process.
    pub fn export(&self) -> SecretString {
        let cookies: Vec<_> = self.cookies.iter().map(SecretCookie::pair).collect();
        json!({ "provider": self.provider.as_str(), "url": self.url, "cookies": cookies }).to_string().into()
    }

    /// The provider.
    pub fn provider(&self) -> &Provider {
        &self.provider
    }

    /// Where the user approves of it: to be opened in a browser.
    pub fn url(&self) -> &str {
        &self.url
    }

    pub(super) fn secrets(&self) -> impl Iterator<Item = &str> {
        self.cookies.iter().map(SecretCookie::expose_value)
    }

    /// `Cookie: …`, unless the server binds the login to nothing.
    pub(super) fn header(&self) -> Result<Option<HeaderValue>, ConfigurationError> {
        if self.cookies.is_empty() { Ok(None) } else { cookie::header(&self.cookies).map(Some) }
    }

    /// The path of a page right below the address that Tinyauth says it is at: the provider is told where to send the browser
    /// back to (RFC 6749, 4.1.1). `None` for another's page. Where the provider is not told, every page may be Tinyauth's.
    pub(super) fn own_page<'a>(&self, page: &'a Url) -> Option<&'a str> {
        let told = |url: Url| {
            let (_, callback) = url.query_pairs().find(|(name, _)| name == "redirect_uri")?;
            Url::parse(&callback).ok()
        };
        let Some(callback) = Url::parse(&self.url).ok().and_then(told) else {
            return Some(page.path());
        };
        let (prefix, _) = callback.path().split_once("api/oauth/callback/")?;
        let path = page.path().strip_prefix(prefix).filter(|path| !path.contains('/'))?;
        (callback.origin() == page.origin()).then_some(path)
    }
}

impl fmt::Debug for OAuthLogin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OAuthLogin")
            .field("provider", &self.provider)
            .field("url", &address(&self.url))
            .field("cookies", &self.cookies)
            .finish()
    }
}

#[derive(Deserialize)]
struct OnTheWire {
    url: String,
}

impl Endpoint for OAuthUrl {
    type Credential = ();
    type Output = OAuthLogin;
    type Refusal = Refusal;
    const NAME: &'static str = "tinyauth.oauthUrl";
    const IDEMPOTENT: bool = true;

    fn request(&self, base: &BaseUrl, (): &()) -> Result<http::Request<Bytes>, ConfigurationError> {
        let mut url = base.join(["api", "oauth", "url", self.provider.as_str()])?;
        if let Some(redirect_uri) = &self.redirect_uri {
            url.query_pairs_mut().append_pair("redirect_uri", redirect_uri);
        }
        Ok(http::Request::get(url.as_str()).header(ACCEPT, JSON).body(Bytes::new())?)
    }

    fn secrets<'a>(&'a self, (): &()) -> Vec<&'a str> {
        Vec::new()
    }

    fn read(&self, response: &http::Response<Bytes>) -> Result<OAuthLogin, Error> {
        let OnTheWire { url } = read_json::<Self, _>(response)?;
        Ok(OAuthLogin { provider: self.provider.clone(), url, cookies: cookie::set_by(response.headers()) })
    }
}
