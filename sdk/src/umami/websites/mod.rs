//! Websites that are measured, and what was counted on them.
//!
//! The document shows `GET /api/websites`, and nothing of its answer or of the other calls: what is here is what releases
//! 2.19 to 3.1 take and answer.

mod active;
mod create;
mod delete;
mod events;
#[cfg(feature = "client")]
mod handle;
mod range;
mod stats;

use bytes::Bytes;
use http::Method;
use serde::Deserialize;

use super::page::append_to;
use super::{Access, Error, Page, Refusal, UserId};
#[cfg(feature = "client")]
use crate::Call;
use crate::endpoint::{Endpoint, read_json};
use crate::id::opaque_id;
use crate::lenient::if_readable;
use crate::{BaseUrl, ConfigurationError, Extent, Paged, Paging};

pub use active::{Active, ActiveVisitors};
pub use create::CreateWebsite;
pub use delete::DeleteWebsite;
pub use events::{EventId, EventKind, Events, RecordedEvent};
#[cfg(feature = "client")]
pub use handle::WebsiteHandle;
pub use range::Range;
pub use stats::{Stats, WebsiteStats};

/// Listing websites, a page at a time.
#[derive(Debug, Clone, Default)]
pub struct Websites {
    paging: Paging,
    search: Option<String>,
}

impl Websites {
    /// Only those that have this text in their name or domain.
    pub fn search(self, text: impl Into<String>) -> Self {
        Self { search: Some(text.into()), ..self }
    }
}

/// A website that is measured.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Website {
    /// The website's id: the one that its events are sent with.
    pub id: WebsiteId,
    /// The name that its owner gave it; it may be empty.
    pub name: String,
    /// The domain that it is served from.
    pub domain: Option<String>,
    /// When it was made, as the server writes it.
    #[serde(default, deserialize_with = "if_readable")]
    pub created_at: Option<String>,
    /// The user that it belongs to, if it belongs to one.
    pub user_id: Option<UserId>,
    /// The team that it belongs to, if it belongs to one.
    pub team_id: Option<TeamId>,
}

opaque_id! {
    /// A website's id.
    WebsiteId
}

opaque_id! {
    /// A team's id.
    TeamId
}

impl Endpoint for Websites {
    type Credential = Access;
    type Output = Page<Website>;
    type Refusal = Refusal;
    const NAME: &'static str = "umami.websites";
    const IDEMPOTENT: bool = true;

    fn request(&self, base: &BaseUrl, access: &Access) -> Result<http::Request<Bytes>, ConfigurationError> {
        let mut url = access.url(base, ["websites"])?;
        append_to(&mut url, self.paging, self.search.as_deref())?;
        Ok(access.request(Method::GET, &url)?.body(Bytes::new())?)
    }

    fn secrets<'a>(&'a self, access: &'a Access) -> Vec<&'a str> {
        vec![access.expose_secret()]
    }

    fn read(&self, response: &http::Response<Bytes>) -> Result<Page<Website>, Error> {
        read_json::<Self, _>(response)
    }
}

impl Paged for Websites {
    fn paging(&mut self) -> &mut Paging {
        &mut self.paging
    }

    fn extent(page: &Page<Website>) -> Extent {
        page.extent()
    }
}

#[cfg(feature = "client")]
impl Call<'_, Websites> {
    /// Only those that have this text in their name or domain.
    pub fn search(mut self, text: impl Into<String>) -> Self {
        self.endpoint = self.endpoint.search(text);
        self
    }
}
