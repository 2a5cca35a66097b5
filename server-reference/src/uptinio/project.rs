//! A project, and what it holds.

use super::seed::MonitorStatus;
use indexmap::IndexMap;
use secrecy::SecretString;
use serde::Serialize;
use serde_json::{Map, Value};
use std::time::{Duration, SystemTime};

pub(super) struct Project {
    pub(super) uuid: String,
    /// The user's id.
    pub(super) owner: u64,
    pub(super) name: String,
    /// In clear, since two endpoints tell it.
    pub(super) token: SecretString,
    pub(super) created_at: SystemTime,
    /// The newest last, like all that follow.
    pub(super) monitors: Vec<Monitor>,
    pub(super) incidents: Vec<Incident>,
    pub(super) integrations: Vec<Integration>,
    /// By the ids of their motherboards.
    pub(super) servers: IndexMap<String, Server>,
    /// How many analyses were asked for.
    pub(super) analyses: u64,
}

/// What watches an address.
pub(super) struct Monitor {
    pub(super) id: u64,
    pub(super) uuid: String,
    pub(super) name: String,
    pub(super) url: String,
    pub(super) check_type: CheckType,
    /// `None`: nobody has looked yet. This server never does.
    pub(super) checked: Option<Checked>,
    pub(super) created_at: SystemTime,
}

/// How an address is watched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum CheckType {
    Http,
    Tcp,
}

/// What was found of an address.
pub(super) struct Checked {
    pub(super) status: MonitorStatus,
    /// In per cent.
    pub(super) uptime: f64,
    /// In milliseconds.
    pub(super) response_time: f64,
    pub(super) at: SystemTime,
}

/// When an address was not to be reached.
pub(super) struct Incident {
    pub(super) uuid: String,
    pub(super) monitor: String,
    pub(super) monitor_name: String,
    pub(super) url: String,
    pub(super) created_at: SystemTime,
    /// `None`: it goes on.
    pub(super) closed_at: Option<SystemTime>,
}

/// What is told of incidents.
pub(super) struct Integration {
    pub(super) uuid: String,
    pub(super) name: String,
    pub(super) webhook_url: String,
    pub(super) created_at: SystemTime,
}

/// A machine that sends its metrics.
pub(super) struct Server {
    pub(super) uuid: String,
    /// As the machine last told them.
    pub(super) attributes: Map<String, Value>,
    /// The newest of each name.
    pub(super) last_metrics: IndexMap<String, Metric>,
    pub(super) created_at: SystemTime,
    pub(super) updated_at: SystemTime,
}

/// One number that a machine has measured.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Metric {
    pub(super) metric: String,
    pub(super) value: f64,
    pub(super) timestamp: String,
}

impl Project {
    pub(super) fn new(uuid: String, owner: u64, name: &str, token: SecretString, created_at: SystemTime) -> Self {
        Self {
            uuid,
            owner,
            name: name.to_owned(),
            token,
            created_at,
            monitors: Vec::new(),
            incidents: Vec::new(),
            integrations: Vec::new(),
            servers: IndexMap::new(),
            analyses: 0,
        }
    }

    /// Watches an address from now on; nobody has looked at it yet. Tells the monitor's uuid.
    pub(super) fn watch(
        &mut self,
        number: u64,
        name: &str,
        url: &str,
        check_type: CheckType,
        now: SystemTime,
    ) -> &Monitor {
        let (name, url) = (name.to_owned(), url.to_owned());
        let uuid = format!("NM{number:09}");
        self.monitors.push(Monitor { id: number, uuid, name, url, check_type, checked: None, created_at: now });
        &self.monitors[self.monitors.len() - 1]
    }

    /// The incidents of a monitor that go on.
    pub(super) fn ongoing_of(&self, monitor: &Monitor) -> impl Iterator<Item = &Incident> {
        let of_it = self.incidents.iter().filter(|incident| incident.monitor == monitor.uuid);
        of_it.filter(|incident| incident.closed_at.is_none())
    }
}

impl Monitor {
    /// The word for how its address is.
    pub(super) fn status(&self) -> &'static str {
        self.checked.as_ref().map_or("pending", |checked| checked.status.as_str())
    }
}

impl Checked {
    /// What might have been found: the same for the same number.
    pub(super) fn plausible(status: MonitorStatus, number: u64, now: SystemTime) -> Self {
        let uptime = match status {
            MonitorStatus::Success | MonitorStatus::Paused => 99.98,
            MonitorStatus::Failure => 97.25,
        };
        let response_time = 80.0 + (number * 37 % 200) as f64 + 0.5;
        Self { status, uptime, response_time, at: now }
    }
}

impl Incident {
    /// One that has begun an hour ago, or has lasted for some minutes a day ago.
    pub(super) fn plausible(number: u64, monitor: &Monitor, is_over: bool, now: SystemTime) -> Self {
        const HOUR: Duration = Duration::from_secs(60 * 60);
        let created_at = now - if is_over { 24 * HOUR } else { HOUR };
        Self {
            uuid: format!("INC{number:09}"),
            monitor: monitor.uuid.clone(),
            monitor_name: monitor.name.clone(),
            url: monitor.url.clone(),
            created_at,
            closed_at: is_over.then(|| created_at + HOUR / 5),
        }
    }
}
