//! Umami Cloud.

use super::{ApiKey, Websites};
use crate::{Builder, Call, Client, ConfigurationError};

/// Umami Cloud, which knows an API key in place of signing in.
///
/// The document says no more of it. That the key travels in `x-umami-api-key`, that the API is at
/// `https://api.umami.is` and has `/v1` where a self-hosted server has `/api`, and that a key is good for 50 calls in
/// 15 seconds, is from <https://umami.is/docs/cloud/api-key>.
///
/// ```no_run
/// # async fn example() -> Result<(), probity::umami::Error> {
/// use probity::umami::{ApiKey, UmamiCloud};
///
/// let cloud = UmamiCloud::new(ApiKey::new("the key of the settings page"))?;
/// println!("{} websites", cloud.websites().await?.count);
/// # Ok(())
/// # }
/// ```
///
/// There is nothing to log in to, and no token to verify:
///
/// ```compile_fail,E0599
/// # use probity::umami::{Credentials, UmamiCloud};
/// # async fn example(cloud: UmamiCloud) {
/// cloud.login(&Credentials::new("admin", "password")).await;
/// # }
/// ```
///
/// ```compile_fail,E0599
/// # async fn example(cloud: probity::umami::UmamiCloud) {
/// cloud.verify().await;
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct UmamiCloud {
    client: Client,
    key: ApiKey,
}

impl UmamiCloud {
    /// Umami Cloud, for the owner of this key.
    ///
    /// # Errors
    /// When the machine has no root certificates.
    pub fn new(key: ApiKey) -> Result<Self, ConfigurationError> {
        Self::builder(key).build()
    }

    /// The same, with timeouts, a user agent, an HTTP client or a base URL of one's own.
    pub fn builder(key: ApiKey) -> Builder<Self> {
        Builder::new("https://api.umami.is", |client| Self { client, key })
    }

    /// Lists the websites of the key's owner (`GET /v1/websites`), a page at a time.
    pub fn websites(&self) -> Call<'_, Websites> {
        self.client.call(Websites::default(), self.key.clone().into())
    }

    /// The way to the server, to [call](Client::call) other endpoints.
    pub fn client(&self) -> &Client {
        &self.client
    }
}
