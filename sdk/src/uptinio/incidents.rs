//! `GET /api/v1/incidents`: what went wrong, and still does.
//!
//! The document names the call; the shape is from Uptinio's page on incidents, as far as it could be read.

use std::collections::BTreeMap;
use std::fmt;

use bytes::Bytes;
use http::Method;
use serde::Deserialize;

use super::page::{MOST, append_to};
use super::request::{plain, url};
use super::{Error, Page, ProjectToken, Refusal, Timestamp};
#[cfg(feature = "client")]
use crate::Call;
use crate::endpoint::{Endpoint, read_json};
use crate::id::opaque_id;
use crate::lenient::if_readable;
use crate::vocabulary::open_vocabulary;
use crate::{BaseUrl, ConfigurationError, Extent, Paged, Paging};

/// Listing a project's incidents, a page at a time: 25 unless set, and 100 at most. Those that go on come first, and of
/// either kind the newest.
#[derive(Debug, Clone, Default)]
pub struct Incidents {
    paging: Paging,
    status: Option<IncidentStatus>,
}

impl Incidents {
    /// Only those that go on, or only those that are over. All unless set.
    pub fn status(self, status: IncidentStatus) -> Self {
        Self { status: Some(status), ..self }
    }
}

open_vocabulary! {
    /// Whether an incident is over.
    IncidentStatus {
        /// `ongoing`: it is not.
        Ongoing = "ongoing",
        /// `resolved`: it is.
        Resolved = "resolved",
    }
}

/// Something that went wrong. `Debug` does not show what was asked and answered, which may hold secrets of what is
/// monitored.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Incident {
    /// Its id.
    pub uuid: IncidentUuid,
    /// Whether it is over.
    pub status: IncidentStatus,
    /// What went wrong, for people.
    #[serde(default, deserialize_with = "if_readable")]
    pub error_message: Option<String>,
    /// When it was over.
    #[serde(default, deserialize_with = "if_readable")]
    pub closed_at: Option<Timestamp>,
    /// When somebody put off hearing of it.
    #[serde(default, deserialize_with = "if_readable")]
    pub snoozed_at: Option<Timestamp>,
    /// Until when.
    #[serde(default, deserialize_with = "if_readable")]
    pub snooze_until: Option<Timestamp>,
    /// What kind of thing it happened to.
    #[serde(default, deserialize_with = "if_readable")]
    pub monitorable_type: Option<MonitorableType>,
    /// The id of the thing: a [`NetworkMonitorUuid`](super::NetworkMonitorUuid) for one.
    #[serde(default, deserialize_with = "if_readable")]
    pub monitorable_uuid: Option<String>,
    /// The name of the thing.
    #[serde(default, deserialize_with = "if_readable")]
    pub monitorable_name: Option<String>,
    /// What was asked: `GET https://example.com`.
    #[serde(default, deserialize_with = "if_readable")]
    pub request: Option<String>,
    /// With which headers.
    #[serde(default, deserialize_with = "if_readable")]
    pub request_headers: Option<BTreeMap<String, String>>,
    /// What was answered.
    #[serde(default, deserialize_with = "if_readable")]
    pub response: Option<String>,
    /// With which headers.
    #[serde(default, deserialize_with = "if_readable")]
    pub response_headers: Option<BTreeMap<String, String>>,
    /// When it began.
    #[serde(default, deserialize_with = "if_readable")]
    pub created_at: Option<Timestamp>,
    /// When it was changed last.
    #[serde(default, deserialize_with = "if_readable")]
    pub updated_at: Option<Timestamp>,
}

opaque_id! {
    /// An incident's id.
    IncidentUuid
}

open_vocabulary! {
    /// What kind of thing an incident happened to. The page shows this one, and servers surely have another.
    MonitorableType {
        /// `NetworkMonitor`.
        NetworkMonitor = "NetworkMonitor",
    }
}

impl fmt::Debug for Incident {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Incident")
            .field("uuid", &self.uuid)
            .field("status", &self.status)
            .field("monitorable_type", &self.monitorable_type)
            .field("monitorable_uuid", &self.monitorable_uuid)
            .field("monitorable_name", &self.monitorable_name)
            .field("created_at", &self.created_at)
            .field("closed_at", &self.closed_at)
            .finish_non_exhaustive()
    }
}

impl Endpoint for Incidents {
    type Credential = ProjectToken;
    type Output = Page<Incident>;
    type Refusal = Refusal;
    const NAME: &'static str = "uptinio.incidents";
    const IDEMPOTENT: bool = true;

    fn request(&self, base: &BaseUrl, token: &ProjectToken) -> Result<http::Request<Bytes>, ConfigurationError> {
        let mut url = url(base, ["incidents"])?;
        append_to(&mut url, self.paging, MOST, &[("status", self.status.as_ref().map(IncidentStatus::as_str))])?;
        plain(Method::GET, &url, token.header()?)
    }

    fn secrets<'a>(&'a self, token: &'a ProjectToken) -> Vec<&'a str> {
        vec![token.expose_secret()]
    }

    fn read(&self, response: &http::Response<Bytes>) -> Result<Page<Incident>, Error> {
        read_json::<Self, _>(response)
    }
}

impl Paged for Incidents {
    fn paging(&mut self) -> &mut Paging {
        &mut self.paging
    }

    fn extent(page: &Page<Incident>) -> Extent {
        page.extent()
    }
}

#[cfg(feature = "client")]
impl Call<'_, Incidents> {
    /// Only those that go on, or only those that are over. All unless set.
    pub fn status(mut self, status: IncidentStatus) -> Self {
        self.endpoint = self.endpoint.status(status);
        self
    }
}
