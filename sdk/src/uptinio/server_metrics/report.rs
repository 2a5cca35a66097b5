//! What a machine reports of itself.

use std::net::IpAddr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Map, Value, json};

use super::MetricName;
use crate::{FieldProblem, InvalidField, LengthUnit};

/// The attributes that have methods of their own, by the names that the document's example has for them.
const OWN: [&str; 12] = [
    "motherboard_id",
    "mac_address",
    "public_ip",
    "private_ip",
    "hostname",
    "cpu_cores",
    "cpu_model",
    "operating_system",
    "kernel_version",
    "uptime",
    "disk_total_bytes",
    "memory_total_bytes",
];

/// What a machine reports of itself: what it is, and how it is doing.
///
/// ```
/// use std::time::SystemTime;
///
/// use probity::uptinio::{MetricName, ServerReport};
///
/// let report = ServerReport::new("MB-1", "1.0.0")
///     .hostname("web-1")
///     .cpu_cores(2)
///     .metric(MetricName::CpuUsed, 512.0, SystemTime::now())
///     .metric(MetricName::MemoryUsed, 1_073_741_824.0, SystemTime::now());
/// ```
///
/// What servers refuse is refused when the report is sent, before anything goes out: see [`InvalidField`].
#[derive(Debug, Clone)]
#[must_use = "a report is stored when it is submitted"]
pub struct ServerReport {
    attributes: Map<String, Value>,
    metrics: Vec<Value>,
    agent_version: String,
    /// The first thing that cannot be sent.
    trouble: Option<InvalidField>,
}

impl ServerReport {
    /// Of the machine with this id of its hardware, by which Uptinio tells machines apart, and by an agent of this version.
    /// Neither may be empty or `unknown`; the id has 256 characters at most.
    pub fn new(motherboard_id: impl Into<String>, agent_version: impl Into<String>) -> Self {
        let (motherboard_id, agent_version) = (motherboard_id.into(), agent_version.into());
        let trouble = [("attributes.motherboard_id", &motherboard_id), ("agent_version", &agent_version)]
            .into_iter()
            .find_map(|(field, text)| match &**text {
                "" => Some(InvalidField::new(field, FieldProblem::Empty)),
                "unknown" => Some(InvalidField::new(field, FieldProblem::Unknown)),
                _ => None,
            });
        let id_fits =
            InvalidField::if_longer("attributes.motherboard_id", &motherboard_id, 256, LengthUnit::Characters);
        let trouble = trouble.or(id_fits.err());
        let report = Self { attributes: Map::new(), metrics: Vec::new(), agent_version, trouble };
        report.set("motherboard_id", motherboard_id)
    }

    /// What the machine calls itself.
    pub fn hostname(self, hostname: impl Into<String>) -> Self {
        self.set("hostname", hostname.into())
    }

    /// The address of its network card: `00-11-22-33-44-55`, or with colons.
    pub fn mac_address(self, address: impl Into<String>) -> Self {
        self.set("mac_address", address.into())
    }

    /// The address that it has outside.
    pub fn public_ip(self, ip: IpAddr) -> Self {
        self.set("public_ip", ip.to_string())
    }

    /// The address that it has in its own network.
    pub fn private_ip(self, ip: IpAddr) -> Self {
        self.set("private_ip", ip.to_string())
    }

    /// How many cores its processor has.
    pub fn cpu_cores(self, cores: u32) -> Self {
        self.set("cpu_cores", cores)
    }

    /// What its processor calls itself.
    pub fn cpu_model(self, model: impl Into<String>) -> Self {
        self.set("cpu_model", model.into())
    }

    /// What runs on it: `linux`.
    pub fn operating_system(self, name: impl Into<String>) -> Self {
        self.set("operating_system", name.into())
    }

    /// The version of its kernel.
    pub fn kernel_version(self, version: impl Into<String>) -> Self {
        self.set("kernel_version", version.into())
    }

    /// How long it has been running, in whole seconds.
    pub fn uptime(self, uptime: Duration) -> Self {
        self.set("uptime", uptime.as_secs())
    }

    /// How much its disk holds, in bytes.
    pub fn disk_total_bytes(self, bytes: u64) -> Self {
        self.set("disk_total_bytes", bytes)
    }

    /// How much memory it has, in bytes.
    pub fn memory_total_bytes(self, bytes: u64) -> Self {
        self.set("memory_total_bytes", bytes)
    }

    /// Something else about the machine; what has a method of its own here is refused.
    pub fn attribute(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        let name = name.into();
        if OWN.contains(&&*name) {
            self.note(InvalidField::new(name, FieldProblem::HasItsOwnMethod).within("attributes"));
            return self;
        }
        self.set(name, value)
    }

    fn set(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.attributes.insert(name.into(), value.into());
        self
    }

    /// Something that was measured: how much, in the unit of its [name](MetricName), and when, in whole seconds of the years
    /// 1970 to 9999.
    pub fn metric(mut self, name: impl Into<MetricName>, value: f64, time: SystemTime) -> Self {
        let field = format!("metrics.{}", self.metrics.len());
        match moment(time) {
            _ if !value.is_finite() => self.note(InvalidField::new("value", FieldProblem::NotFinite).within(field)),
            Err(problem) => self.note(InvalidField::new("timestamp", problem).within(field)),
            Ok(timestamp) => {
                self.metrics.push(json!({ "metric": name.into().as_str(), "value": value, "timestamp": timestamp }));
            }
        }
        self
    }

    fn note(&mut self, trouble: InvalidField) {
        self.trouble.get_or_insert(trouble);
    }

    /// The report as it goes over the wire, if servers take it.
    pub(super) fn checked(&self) -> Result<Value, InvalidField> {
        match &self.trouble {
            Some(trouble) => Err(trouble.clone()),
            None => Ok(json!({
                "attributes": self.attributes,
                "metrics": self.metrics,
                "agent_version": self.agent_version,
            })),
        }
    }
}

fn moment(time: SystemTime) -> Result<String, FieldProblem> {
    /// The last second of the year 9999.
    const LAST: u64 = 253_402_300_799;
    match time.duration_since(UNIX_EPOCH) {
        Err(_) => Err(FieldProblem::Before1970),
        Ok(since) if since.as_secs() > LAST => Err(FieldProblem::After9999),
        Ok(_) => Ok(humantime::format_rfc3339_seconds(time).to_string()),
    }
}
