//! `GET /api/websites/{id}/events`: what was recorded, one by one.

use bytes::Bytes;
use http::Method;
use serde::Deserialize;

use super::{Range, WebsiteId};
#[cfg(feature = "client")]
use crate::Call;
use crate::endpoint::{Endpoint, read_json};
use crate::id::opaque_id;
use crate::lenient::if_readable;
use crate::umami::page::append_to;
use crate::umami::{Access, Error, Page, Refusal, SessionId};
use crate::{BaseUrl, ConfigurationError, Extent, Paged, Paging};

/// Listing the events of a website, page views included, the newest first.
#[derive(Debug, Clone)]
pub struct Events {
    website: WebsiteId,
    range: Range,
    paging: Paging,
    search: Option<String>,
}

impl Events {
    /// Of this website, in this stretch of time.
    pub fn new(website: impl Into<WebsiteId>, range: Range) -> Self {
        Self { website: website.into(), range, paging: Paging::default(), search: None }
    }

    /// Only those that have this text in their name or path.
    pub fn search(self, text: impl Into<String>) -> Self {
        Self { search: Some(text.into()), ..self }
    }
}

/// An event as a server recorded it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct RecordedEvent {
    /// The event's id.
    pub id: EventId,
    /// The visitor, as long as the server takes them for the same.
    pub session_id: Option<SessionId>,
    /// When it happened, as the server writes it.
    #[serde(default, deserialize_with = "if_readable")]
    pub created_at: Option<String>,
    /// What it is.
    #[serde(rename = "eventType")]
    pub kind: EventKind,
    /// Its name, if it is a named one.
    #[serde(rename = "eventName")]
    pub name: Option<String>,
    /// The path of the page.
    pub url_path: String,
    /// The query of the page's URL, without its `?`.
    pub url_query: Option<String>,
    /// The host of the page. Not told before 3.0.
    pub hostname: Option<String>,
    /// The title of the page.
    pub page_title: Option<String>,
    /// The host that the visitor came from.
    pub referrer_domain: Option<String>,
    /// Whether data were sent with it. Not told by all releases.
    pub has_data: Option<bool>,
}

/// What was recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(from = "u64")]
#[non_exhaustive]
pub enum EventKind {
    /// A page was seen: 1.
    PageView,
    /// Something with a name happened: 2.
    Named,
    /// Something that this crate does not know, by its number.
    Other(u64),
}

impl From<u64> for EventKind {
    fn from(number: u64) -> Self {
        match number {
            1 => EventKind::PageView,
            2 => EventKind::Named,
            _ => EventKind::Other(number),
        }
    }
}

opaque_id! {
    /// An event's id.
    EventId
}

impl Endpoint for Events {
    type Credential = Access;
    type Output = Page<RecordedEvent>;
    type Refusal = Refusal;
    const NAME: &'static str = "umami.events";
    const IDEMPOTENT: bool = true;

    fn request(&self, base: &BaseUrl, access: &Access) -> Result<http::Request<Bytes>, ConfigurationError> {
        let mut url = access.url(base, ["websites", self.website.as_str(), "events"])?;
        self.range.append_to(&mut url);
        append_to(&mut url, self.paging, self.search.as_deref())?;
        Ok(access.request(Method::GET, &url)?.body(Bytes::new())?)
    }

    fn secrets<'a>(&'a self, access: &'a Access) -> Vec<&'a str> {
        vec![access.expose_secret()]
    }

    fn read(&self, response: &http::Response<Bytes>) -> Result<Page<RecordedEvent>, Error> {
        read_json::<Self, _>(response)
    }
}

impl Paged for Events {
    fn paging(&mut self) -> &mut Paging {
        &mut self.paging
    }

    fn extent(page: &Page<RecordedEvent>) -> Extent {
        page.extent()
    }
}

#[cfg(feature = "client")]
impl Call<'_, Events> {
    /// Only those that have this text in their name or path.
    pub fn search(mut self, text: impl Into<String>) -> Self {
        self.endpoint = self.endpoint.search(text);
        self
    }
}
