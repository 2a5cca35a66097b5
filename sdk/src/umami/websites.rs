//! `GET /api/websites`: the websites that are measured.
//!
//! The document shows the call and nothing of its answer: what is here is what releases 2.19 to 3.1 take and answer.

use bytes::Bytes;
use http::header::ACCEPT;
use serde::Deserialize;

#[cfg(feature = "client")]
use super::Pages;
use super::{Access, Error, Page, Refusal, UserId};
#[cfg(feature = "client")]
use crate::Call;
use crate::endpoint::{Endpoint, read_json};
use crate::id::opaque_id;
use crate::lenient::if_readable;
use crate::{BaseUrl, ConfigurationError};

/// Listing websites, a page at a time.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Websites {
    /// Which page, from 1. The first unless set.
    pub page: Option<u32>,
    /// How many websites a page holds, from 1. Unless set, 20 since 3.0 and 10 before.
    pub page_size: Option<u32>,
    /// Only websites with this text in their name or domain.
    pub search: Option<String>,
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

    fn request(&self, base: &BaseUrl, access: &Access) -> Result<http::Request<Bytes>, ConfigurationError> {
        let mut url = base.join([access.root(), "websites"])?;
        let options = [
            ("page", self.page.map(|page| page.to_string())),
            ("pageSize", self.page_size.map(|size| size.to_string())),
            ("search", self.search.clone()),
        ];
        for (name, value) in options {
            if let Some(value) = value {
                url.query_pairs_mut().append_pair(name, &value);
            }
        }
        let (name, value) = access.header()?;
        let request = http::Request::get(url.as_str())
            .header(ACCEPT, "application/json")
            .header(name, value)
            .body(Bytes::new())?;
        Ok(request)
    }

    fn secrets<'a>(&'a self, access: &'a Access) -> Vec<&'a str> {
        vec![access.expose_secret()]
    }

    fn read(&self, response: &http::Response<Bytes>) -> Result<Page<Website>, Error> {
        read_json::<Self>(response)
    }
}

#[cfg(feature = "client")]
impl<'a> Call<'a, Websites> {
    /// Which page, from 1.
    pub fn page(mut self, page: u32) -> Self {
        self.endpoint.page = Some(page);
        self
    }

    /// How many websites a page holds, from 1.
    pub fn page_size(mut self, page_size: u32) -> Self {
        self.endpoint.page_size = Some(page_size);
        self
    }

    /// Only websites with this text in their name or domain.
    pub fn search(mut self, text: impl Into<String>) -> Self {
        self.endpoint.search = Some(text.into());
        self
    }

    /// Goes through the pages, from the one that was set.
    pub fn pages(self) -> Pages<'a> {
        Pages::new(self)
    }
}
