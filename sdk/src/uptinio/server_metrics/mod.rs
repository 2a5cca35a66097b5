//! `POST /api/v1/server_metrics`: how a machine is doing.
//!
//! The document names the call; the shapes are from Uptinio's page on server metrics, and from the agent that its makers
//! publish.

mod report;

use bytes::Bytes;
use serde::Deserialize;

use super::request::{post_json, url};
use super::{Error, Json, ProjectToken, Refusal};
use crate::endpoint::{Endpoint, read_json};
use crate::lenient::if_readable;
use crate::vocabulary::open_vocabulary;
use crate::{BaseUrl, ConfigurationError};

pub use report::ServerReport;

/// Submitting a report of a machine. A server that Uptinio does not know is created by it.
///
/// A report that is too large is answered with 413: the makers' agent then sends the newest six metrics alone.
#[derive(Debug)]
pub struct SubmitServerMetrics<'a> {
    report: &'a ServerReport,
}

impl<'a> SubmitServerMetrics<'a> {
    /// This one.
    pub fn new(report: &'a ServerReport) -> Self {
        Self { report }
    }
}

open_vocabulary! {
    /// What is measured, by the names that the makers' agent uses.
    MetricName {
        /// `cpu_used`: how busy the processor is; 1024 is one core that is wholly so.
        CpuUsed = "cpu_used",
        /// `mem_used_b`: the memory in use, in bytes.
        MemoryUsed = "mem_used_b",
        /// `disk_used_b`: the disk in use, in bytes.
        DiskUsed = "disk_used_b",
        /// `net_sent_b`: what was sent over the network since the machine started, in bytes.
        NetworkSent = "net_sent_b",
        /// `net_recv_b`: what was received over the network since the machine started, in bytes.
        NetworkReceived = "net_recv_b",
        /// `pkt_sent`: the packets that were sent since the machine started.
        PacketsSent = "pkt_sent",
        /// `pkt_recv`: the packets that were received since the machine started.
        PacketsReceived = "pkt_recv",
    }
}

/// What became of a report.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct MetricsReceipt {
    /// How many metrics are stored.
    pub success_count: u64,
    /// How many are not. The answer is a success all the same.
    pub failure_count: u64,
    /// For people, in Uptinio's words.
    #[serde(default, deserialize_with = "if_readable")]
    pub message: Option<String>,
    /// What is wrong with those that are not. No document gives its shape.
    #[serde(default, deserialize_with = "if_readable")]
    pub errors: Option<Json>,
}

impl Endpoint for SubmitServerMetrics<'_> {
    type Credential = ProjectToken;
    type Output = MetricsReceipt;
    type Refusal = Refusal;
    const NAME: &'static str = "uptinio.submitServerMetrics";

    fn request(&self, base: &BaseUrl, token: &ProjectToken) -> Result<http::Request<Bytes>, ConfigurationError> {
        post_json(&url(base, ["server_metrics"])?, Some(token.header()?), &self.report.checked()?)
    }

    fn secrets<'a>(&'a self, token: &'a ProjectToken) -> Vec<&'a str> {
        vec![token.expose_secret()]
    }

    fn read(&self, response: &http::Response<Bytes>) -> Result<MetricsReceipt, Error> {
        read_json::<Self, _>(response)
    }
}
