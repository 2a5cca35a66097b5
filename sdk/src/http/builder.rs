//! Setting up a client.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::HeaderValue;
use reqwest::ClientBuilder;
use reqwest::redirect::Policy;

use super::Client;
use crate::{BaseUrl, ConfigurationError, Retry};

/// Sets up a client: `builder(url).timeout(…).build()?`.
#[must_use = "call `build` to get the client"]
pub struct Builder<T> {
    base_url: String,
    /// Where the rest of the calls go, for an API that is served from two addresses.
    second_base_url: Option<String>,
    timeout: Duration,
    connect_timeout: Duration,
    retry: Retry,
    user_agent: String,
    adjust: Box<dyn FnOnce(ClientBuilder) -> ClientBuilder + Send>,
    finish: Box<dyn FnOnce(Client, Client) -> T + Send>,
}

impl<T> Builder<T> {
    /// Begins to set up the way to a base URL; `finish` makes of it what the API calls its client.
    pub(crate) fn new(base_url: &str, finish: impl FnOnce(Client) -> T + Send + 'static) -> Self {
        Self::of(base_url, None, |client, _| finish(client))
    }

    /// The same, for an API that is served from two addresses.
    #[cfg(feature = "umami")]
    pub(crate) fn with_two(
        base_url: &str,
        second: &str,
        finish: impl FnOnce(Client, Client) -> T + Send + 'static,
    ) -> Self {
        Self::of(base_url, Some(second.to_owned()), finish)
    }

    fn of(base_url: &str, second: Option<String>, finish: impl FnOnce(Client, Client) -> T + Send + 'static) -> Self {
        Self {
            base_url: base_url.to_owned(),
            second_base_url: second,
            timeout: Duration::from_secs(30),
            connect_timeout: Duration::from_secs(10),
            retry: Retry::default(),
            // Like a browser's, because servers take a bare `name/version` for a bot and then ignore what it reports.
            user_agent: concat!("Mozilla/5.0 (X11; Linux x86_64) probity/", env!("CARGO_PKG_VERSION")).to_owned(),
            adjust: Box::new(|http| http),
            finish: Box::new(finish),
        }
    }

    /// Goes to another address. A path prefix is kept.
    pub fn base_url(self, base_url: &str) -> Self {
        Self { base_url: base_url.to_owned(), ..self }
    }

    #[cfg(feature = "umami")]
    pub(crate) fn second_base_url(self, base_url: &str) -> Self {
        Self { second_base_url: Some(base_url.to_owned()), ..self }
    }

    /// The time for each try of a call, from connecting to the last byte of the answer. 30 seconds unless set.
    pub fn timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    /// The time for connecting, TLS included. 10 seconds unless set.
    pub fn connect_timeout(self, connect_timeout: Duration) -> Self {
        Self { connect_timeout, ..self }
    }

    /// When a call that came to nothing is made again. [`Retry`] tells what is done unless it is set.
    pub fn retry(self, retry: Retry) -> Self {
        Self { retry, ..self }
    }

    /// The `User-Agent` of every call. Unless set it begins like a browser's: servers take a bare `name/version` for a bot,
    /// and may then ignore what it reports.
    pub fn user_agent(self, user_agent: &str) -> Self {
        Self { user_agent: user_agent.to_owned(), ..self }
    }

    /// Sets what else the HTTP client can do, its proxy for example:
    ///
    /// ```
    /// # use probity::Client;
    /// let client = Client::builder("http://localhost:3000").http_client(|http| http.no_proxy().tcp_nodelay(true)).build()?;
    /// # Ok::<(), probity::ConfigurationError>(())
    /// ```
    ///
    /// Redirects are not followed whatever is set here: a login that is repeated elsewhere takes the password there. By
    /// rustls, TLS has a ready configuration, for which reqwest's own settings of certificates do nothing:
    /// `tls_backend_preconfigured` replaces it.
    pub fn http_client(self, adjust: impl FnOnce(ClientBuilder) -> ClientBuilder + Send + 'static) -> Self {
        Self { adjust: Box::new(adjust), ..self }
    }

    /// The client. Nothing is sent yet.
    ///
    /// # Errors
    /// When the base URL or the user agent cannot be used, or the machine has no root certificates for `https://`.
    pub fn build(self) -> Result<T, ConfigurationError> {
        let base: BaseUrl = self.base_url.parse()?;
        let second = self.second_base_url.map_or_else(|| Ok(base.clone()), |url| url.parse())?;
        let user_agent =
            HeaderValue::try_from(self.user_agent).map_err(|_| ConfigurationError::Header("user agent"))?;
        let http = (self.adjust)(http_client(base.is_https() || second.is_https(), self.connect_timeout)?)
            .redirect(Policy::none())
            .timeout(self.timeout);
        let http = http.build().map_err(|error| ConfigurationError::Client(Box::new(error)))?;
        let client = Client { http, base, user_agent, timeout: self.timeout, retry: self.retry, last: Arc::default() };
        let second = Client { base: second, ..client.clone() };
        Ok((self.finish)(client, second))
    }
}

fn http_client(with_tls: bool, connect_timeout: Duration) -> Result<ClientBuilder, ConfigurationError> {
    if with_tls && cfg!(not(any(feature = "rustls", feature = "native-tls"))) {
        return Err(ConfigurationError::NoTls);
    }
    // When a call is made again is for `Retry` to say.
    let never = reqwest::retry::never().max_retries_per_request(0);
    let http = reqwest::Client::builder().connect_timeout(connect_timeout).retry(never);
    #[cfg(feature = "rustls")]
    let http = http.tls_backend_preconfigured(super::tls::configuration(with_tls)?);
    Ok(http)
}

impl<T> fmt::Debug for Builder<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The base URL is left out until it is known to hold no password.
        f.debug_struct("Builder")
            .field("timeout", &self.timeout)
            .field("connect_timeout", &self.connect_timeout)
            .field("retry", &self.retry)
            .field("user_agent", &self.user_agent)
            .finish_non_exhaustive()
    }
}
