//! The calls about one website.

use super::{Active, DeleteWebsite, Events, Range, Stats, WebsiteId};
use crate::http::Credential;
use crate::umami::{Access, Refusal};
use crate::{Call, Client};

/// One website, to ask about it: [`Session::website`](crate::umami::Session::website). That it exists is not checked
/// before a call is made.
#[derive(Debug, Clone)]
pub struct WebsiteHandle<'a> {
    client: &'a Client,
    access: Credential<Access, Refusal>,
    id: WebsiteId,
}

impl<'a> WebsiteHandle<'a> {
    pub(in crate::umami) fn new(
        client: &'a Client,
        access: Credential<Access, Refusal>,
        id: impl Into<WebsiteId>,
    ) -> Self {
        Self { client, access, id: id.into() }
    }

    /// Which website.
    pub fn id(&self) -> &WebsiteId {
        &self.id
    }

    /// Counts page views and visitors in a stretch of time (`GET /api/websites/{id}/stats`). Releases answer an
    /// administrator with zeros where there is no such website.
    pub fn stats(&self, range: Range) -> Call<'a, Stats> {
        self.client.call_by(Stats::new(&self.id, range), self.access.clone())
    }

    /// Counts the visitors of the last five minutes (`GET /api/websites/{id}/active`).
    pub fn active(&self) -> Call<'a, Active> {
        self.client.call_by(Active::new(&self.id), self.access.clone())
    }

    /// Lists what was recorded in a stretch of time, the newest first (`GET /api/websites/{id}/events`), a page at a
    /// time.
    pub fn events(&self, range: Range) -> Call<'a, Events> {
        self.client.call_by(Events::new(&self.id, range), self.access.clone())
    }

    /// Removes the website and all that was counted on it, for good (`DELETE /api/websites/{id}`). Where it is gone
    /// already, releases answer 500 without a word.
    pub fn delete(&self) -> Call<'a, DeleteWebsite> {
        self.client.call_by(DeleteWebsite::new(&self.id), self.access.clone())
    }
}
