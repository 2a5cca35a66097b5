//! `GET /api/v1/servers`: the machines that send their metrics.
//!
//! The document names the call; the shape is from Uptinio's page on servers, of which the beginning could be read.

use bytes::Bytes;
use http::Method;
use serde::Deserialize;

use super::page::append_to;
use super::request::{plain, url};
use super::{Error, Json, ProjectToken, Refusal};
use crate::endpoint::{Endpoint, read_json};
use crate::id::opaque_id;
use crate::lenient::if_readable;
use crate::{BaseUrl, ConfigurationError, Extent, Paged, Paging};

/// Listing a project's servers, a page at a time. How many a page holds, and can hold, no document tells; nor does the
/// answer tell how many there are.
#[derive(Debug, Clone, Default)]
pub struct Servers {
    paging: Paging,
}

/// A machine that sends its metrics.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct Server {
    /// Its id.
    pub uuid: ServerUuid,
    /// What it calls itself.
    #[serde(default, deserialize_with = "if_readable")]
    pub hostname: Option<String>,
    /// The address that it has outside.
    #[serde(default, deserialize_with = "if_readable")]
    pub public_ip: Option<String>,
    /// The address that it has in its own network.
    #[serde(default, deserialize_with = "if_readable")]
    pub private_ip: Option<String>,
    /// The address of its network card.
    #[serde(default, deserialize_with = "if_readable")]
    pub mac_address: Option<String>,
    /// The newest of its metrics. No document gives their shape here.
    #[serde(default, deserialize_with = "if_readable")]
    pub last_metrics: Option<Json>,
}

opaque_id! {
    /// A server's id.
    ServerUuid
}

impl Endpoint for Servers {
    type Credential = ProjectToken;
    type Output = Vec<Server>;
    type Refusal = Refusal;
    const NAME: &'static str = "uptinio.servers";
    const IDEMPOTENT: bool = true;

    fn request(&self, base: &BaseUrl, token: &ProjectToken) -> Result<http::Request<Bytes>, ConfigurationError> {
        let mut url = url(base, ["servers"])?;
        append_to(&mut url, self.paging, u32::MAX, &[])?;
        plain(Method::GET, &url, token.header()?)
    }

    fn secrets<'a>(&'a self, token: &'a ProjectToken) -> Vec<&'a str> {
        vec![token.expose_secret()]
    }

    fn read(&self, response: &http::Response<Bytes>) -> Result<Vec<Server>, Error> {
        read_json::<Self, _>(response)
    }
}

impl Paged for Servers {
    fn paging(&mut self) -> &mut Paging {
        &mut self.paging
    }

    fn extent(page: &Vec<Server>) -> Extent {
        Extent::uncounted(page.first().map(|server| server.uuid.as_str()))
    }
}
