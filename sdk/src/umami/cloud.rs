//! Umami Cloud.

use super::{ApiKey, CreateWebsite, Event, SendEvent, WebsiteHandle, WebsiteId, Websites};
use crate::http::Credential;
use crate::{Builder, Call, Client, ConfigurationError};

/// Umami Cloud, which knows an API key in place of signing in.
///
/// The document says no more of it. That the key travels in `x-umami-api-key`, that the API is at
/// `https://api.umami.is` and has `/v1` where a self-hosted server has `/api`, and that a key is good for 50 calls in
/// 15 seconds, is from <https://umami.is/docs/cloud/api-key>. There is no batch
/// here, because nothing is known of it there.
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
    events: Client,
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

    /// The same, with timeouts, a user agent, an HTTP client or a base URL of one's own. [`Builder::base_url`] does not
    /// move events; [`events_base_url`](Builder::events_base_url) does.
    pub fn builder(key: ApiKey) -> Builder<Self> {
        Builder::with_two("https://api.umami.is", "https://cloud.umami.is", |client, events| Self {
            client,
            events,
            key,
        })
    }

    /// Sends an event (`POST /api/send`), to `https://cloud.umami.is` and without the key: it needs none. A server that
    /// takes the `User-Agent` for a bot's ignores it, and says so: [`Receipt::Ignored`](super::Receipt::Ignored).
    ///
    /// Sent twice it counts twice; so it does, with some servers, when it is sent again after an answer of 500.
    pub fn send<'a>(&'a self, event: &'a Event) -> Call<'a, SendEvent<'a>> {
        self.events.call(SendEvent::new(event), ())
    }

    /// Lists the websites of the key's owner (`GET /v1/websites`), a page at a time.
    pub fn websites(&self) -> Call<'_, Websites> {
        self.client.call(Websites::default(), self.key.clone().into())
    }

    /// Creates a website (`POST /v1/websites`): a name of 100 UTF-16 units at most, and the domain that it is served from,
    /// of 500 at most.
    pub fn create_website(&self, name: impl Into<String>, domain: impl Into<String>) -> Call<'_, CreateWebsite> {
        self.client.call(CreateWebsite::new(name, domain), self.key.clone().into())
    }

    /// One website, to ask about it. Nothing is sent yet.
    pub fn website(&self, id: impl Into<WebsiteId>) -> WebsiteHandle<'_> {
        WebsiteHandle::new(&self.client, Credential::Fixed(self.key.clone().into()), id)
    }

    /// The way that events go.
    #[cfg(feature = "tracker")]
    pub(super) fn events_client(&self) -> &Client {
        &self.events
    }

    /// The way to the server, to [call](Client::call) other endpoints.
    pub fn client(&self) -> &Client {
        &self.client
    }
}

impl Builder<UmamiCloud> {
    /// Sends events to another address than `https://cloud.umami.is`.
    pub fn events_base_url(self, base_url: &str) -> Self {
        self.second_base_url(base_url)
    }
}
