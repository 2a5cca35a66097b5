//! `/api/v1/network_monitors`: what is watched from outside.
//!
//! The document names the calls; the shapes are from Uptinio's page on monitors, as far as it could be read.

mod create;

use bytes::Bytes;
use http::Method;
use serde::Deserialize;

use super::page::{MOST, append_to};
use super::request::{plain, url};
use super::{Error, IncidentUuid, Page, ProjectToken, Refusal, Timestamp};
#[cfg(feature = "client")]
use crate::Call;
use crate::endpoint::{Endpoint, read_json};
use crate::id::opaque_id;
use crate::lenient::{if_readable, number_or_its_text, readable_or_empty};
use crate::vocabulary::open_vocabulary;
use crate::{BaseUrl, ConfigurationError, Extent, Paged, Paging};

pub use create::CreateNetworkMonitor;

/// Listing a project's monitors, a page at a time: 25 unless set, and 100 at most.
#[derive(Debug, Clone, Default)]
pub struct NetworkMonitors {
    paging: Paging,
    sort: Option<MonitorSort>,
    search: Option<String>,
}

impl NetworkMonitors {
    /// In this order. By [status](MonitorSort::Status) unless set.
    pub fn sort(self, sort: MonitorSort) -> Self {
        Self { sort: Some(sort), ..self }
    }

    /// Only those that have this text in their name or URL, in capitals or not.
    pub fn search(self, text: impl Into<String>) -> Self {
        Self { search: Some(text.into()), ..self }
    }
}

open_vocabulary! {
    /// What monitors are listed by.
    MonitorSort {
        /// `status`: those with incidents first, then those that succeed, then those that are paused.
        Status = "status",
        /// `created_at`: by when they were created. Which end comes first is not documented.
        CreatedAt = "created_at",
    }
}

/// What is watched from outside.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct NetworkMonitor {
    /// Its number.
    #[serde(default, deserialize_with = "if_readable")]
    pub id: Option<NetworkMonitorId>,
    /// Its id, by which incidents and other answers name it.
    pub uuid: NetworkMonitorUuid,
    /// The name that it was given.
    pub name: String,
    /// What is asked for.
    pub url: String,
    /// How, if that is told.
    #[serde(default, deserialize_with = "if_readable")]
    pub check_type: Option<CheckType>,
    /// What came of it last, if that is told.
    #[serde(default, deserialize_with = "if_readable")]
    pub status: Option<MonitorStatus>,
    /// How much of the time it succeeds, in percent. No document tells since when. `None` also where it is no number.
    #[serde(default, deserialize_with = "number_or_its_text")]
    pub uptime: Option<f64>,
    /// How long it takes: presumably in milliseconds, which no document tells. `None` also where it is no number.
    #[serde(default, deserialize_with = "number_or_its_text")]
    pub response_time: Option<f64>,
    /// When it was asked for last.
    #[serde(default, deserialize_with = "if_readable")]
    pub last_check: Option<Timestamp>,
    /// The incidents that are not over. Empty also where they cannot be read.
    #[serde(default, deserialize_with = "readable_or_empty")]
    pub open_incident_uuids: Vec<IncidentUuid>,
    /// When it was created.
    #[serde(default, deserialize_with = "if_readable")]
    pub created_at: Option<Timestamp>,
}

opaque_id! {
    /// A monitor's number.
    NetworkMonitorId
}

opaque_id! {
    /// A monitor's id: `NM123456789` in the document.
    NetworkMonitorUuid
}

open_vocabulary! {
    /// How something is asked for. The page names these two and has more.
    CheckType {
        /// `http`.
        Http = "http",
        /// `tcp`.
        Tcp = "tcp",
    }
}

open_vocabulary! {
    /// What came of a check.
    MonitorStatus {
        /// `success`.
        Success = "success",
        /// `failure`.
        Failure = "failure",
        /// `paused`: nothing is asked for.
        Paused = "paused",
    }
}

impl Endpoint for NetworkMonitors {
    type Credential = ProjectToken;
    type Output = Page<NetworkMonitor>;
    type Refusal = Refusal;
    const NAME: &'static str = "uptinio.networkMonitors";
    const IDEMPOTENT: bool = true;

    fn request(&self, base: &BaseUrl, token: &ProjectToken) -> Result<http::Request<Bytes>, ConfigurationError> {
        let mut url = url(base, ["network_monitors"])?;
        let sort = self.sort.as_ref().map(MonitorSort::as_str);
        append_to(&mut url, self.paging, MOST, &[("sort", sort), ("search", self.search.as_deref())])?;
        plain(Method::GET, &url, token.header()?)
    }

    fn secrets<'a>(&'a self, token: &'a ProjectToken) -> Vec<&'a str> {
        vec![token.expose_secret()]
    }

    fn read(&self, response: &http::Response<Bytes>) -> Result<Page<NetworkMonitor>, Error> {
        read_json::<Self, _>(response)
    }
}

impl Paged for NetworkMonitors {
    fn paging(&mut self) -> &mut Paging {
        &mut self.paging
    }

    fn extent(page: &Page<NetworkMonitor>) -> Extent {
        page.extent()
    }
}

#[cfg(feature = "client")]
impl Call<'_, NetworkMonitors> {
    /// In this order. By [status](MonitorSort::Status) unless set.
    pub fn sort(mut self, sort: MonitorSort) -> Self {
        self.endpoint = self.endpoint.sort(sort);
        self
    }

    /// Only those that have this text in their name or URL, in capitals or not.
    pub fn search(mut self, text: impl Into<String>) -> Self {
        self.endpoint = self.endpoint.search(text);
        self
    }
}
