//! Setting up a client.

use std::fmt;
use std::time::Duration;

use http::HeaderValue;

use super::Client;
use crate::{BaseUrl, ConfigurationError};

/// Sets up a client: `Umami::builder(url).timeout(…).build()?`.
#[must_use = "call `build` to get the client"]
pub struct Builder<T> {
    base_url: String,
    timeout: Duration,
    connect_timeout: Duration,
    user_agent: String,
    http_client: Option<reqwest::Client>,
    finish: Box<dyn FnOnce(Client) -> T + Send>,
}

impl<T> Builder<T> {
    /// Begins to set up the way to a base URL; `finish` makes of it what the API calls its client.
    pub(crate) fn new(base_url: &str, finish: impl FnOnce(Client) -> T + Send + 'static) -> Self {
        Self {
            base_url: base_url.to_owned(),
            timeout: Duration::from_secs(30),
            connect_timeout: Duration::from_secs(10),
            // Like a browser's, because servers take a bare `name/version` for a bot and then ignore what it reports.
            user_agent: concat!("Mozilla/5.0 (X11; Linux x86_64) probity/", env!("CARGO_PKG_VERSION")).to_owned(),
            http_client: None,
            finish: Box::new(finish),
        }
    }

    /// Goes to another address. A path prefix is kept.
    pub fn base_url(self, base_url: &str) -> Self {
        Self { base_url: base_url.to_owned(), ..self }
    }

    /// The time for a whole call, from connecting to the last byte of the answer. 30 seconds unless set.
    pub fn timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    /// The time for connecting, TLS included. 10 seconds unless set. A client handed in has its own.
    pub fn connect_timeout(self, connect_timeout: Duration) -> Self {
        Self { connect_timeout, ..self }
    }

    /// The `User-Agent` of every call. Unless set it begins like a browser's: Umami does not count what it takes for a
    /// bot, and a bare `name/version` is one to it.
    pub fn user_agent(self, user_agent: &str) -> Self {
        Self { user_agent: user_agent.to_owned(), ..self }
    }

    /// Sends with a client of one's own, for its proxy, certificates or connection pool. Give it
    /// `redirect(Policy::none())`: a redirect that it follows takes the call where nobody meant it to go. Under this
    /// crate's feature `rustls`, reqwest has no cryptography of its own: give it a TLS configuration too, or install
    /// one for the process, or it panics.
    pub fn http_client(self, http_client: reqwest::Client) -> Self {
        Self { http_client: Some(http_client), ..self }
    }

    /// The client. Nothing is sent yet.
    ///
    /// # Errors
    /// When the base URL or the user agent cannot be used, or the machine has no root certificates for `https://`.
    pub fn build(self) -> Result<T, ConfigurationError> {
        let base: BaseUrl = self.base_url.parse()?;
        let user_agent =
            HeaderValue::try_from(self.user_agent).map_err(|_| ConfigurationError::Header("user agent"))?;
        let http = match self.http_client {
            Some(http) => http,
            None => http_client(&base, self.connect_timeout)?,
        };
        Ok((self.finish)(Client { http, base, user_agent, timeout: self.timeout }))
    }
}

fn http_client(base: &BaseUrl, connect_timeout: Duration) -> Result<reqwest::Client, ConfigurationError> {
    if base.is_https() && cfg!(not(any(feature = "rustls", feature = "native-tls"))) {
        return Err(ConfigurationError::NoTls);
    }
    let http = reqwest::Client::builder().connect_timeout(connect_timeout).redirect(reqwest::redirect::Policy::none());
    #[cfg(feature = "rustls")]
    let http = http.tls_backend_preconfigured(super::tls::configuration(base)?);
    http.build().map_err(|error| ConfigurationError::Client(Box::new(error)))
}

impl<T> fmt::Debug for Builder<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The base URL is left out until it is known to hold no password.
        f.debug_struct("Builder")
            .field("timeout", &self.timeout)
            .field("connect_timeout", &self.connect_timeout)
            .field("user_agent", &self.user_agent)
            .finish_non_exhaustive()
    }
}
