//! One deployment of one API: where it is, which credentials it grants, what it allows.

mod pace;
mod patience;
mod settings;
mod value;

pub use pace::Pace;
pub(crate) use pace::held_off;
pub use patience::Patience;
pub use settings::{ConfigError, Settings, read_environment, read_file, read_text};
pub(crate) use settings::{meant, parse_effect, parse_seconds};

use crate::case::{Effect, Need};
use crate::secrets::{Secrets, is_ordinary, variable_name};
use crate::suite::{Embedded, Made, Mailbox, Suite};
use crate::wire::Roots;
use http::HeaderMap;
use probity_server::Clock;
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;
use url::Url;

/// How long one exchange may take unless the configuration says otherwise.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(10);

/// Why a case is skipped that moves the clock.
pub(crate) const NO_CLOCK: &str = "only the embedded server's clock can be advanced";

/// One deployment of one API.
pub struct Target {
    /// Which API it answers.
    pub suite: &'static Suite,
    /// Where it is; a path in front of the API's own is kept.
    pub url: Url,
    /// What may be done to it; all of it, when embedded.
    pub allow: Vec<Effect>,
    /// Headers that every request carries: those of an access proxy, say.
    pub headers: HeaderMap,
    /// How long one exchange may take.
    pub timeout: Duration,
    /// Whom its certificate may come from.
    pub roots: Roots,
    /// Known lists that its configuration names.
    pub known: Vec<String>,
    pub(crate) pace: Pace,
    pub(crate) patience: Patience,
    pub(crate) waiting: Patience,
    pub(crate) held_off: Patience,
    /// The ways of doing things that cases found to work here, so that each need not try all of them again.
    pub(crate) ways: Mutex<BTreeMap<&'static str, String>>,
    pub(crate) clock: Option<Clock>,
    pub(crate) mailbox: Option<Mailbox>,
    values: BTreeMap<&'static str, String>,
    made: BTreeMap<&'static str, Made>,
}

impl Target {
    /// The reference server in this process: everything is allowed.
    ///
    /// # Errors
    /// When it named an address that is none.
    pub fn embedded(suite: &'static Suite, embedded: Embedded, timeout: Duration) -> Result<Self, url::ParseError> {
        Ok(Self {
            suite,
            url: Url::parse(&embedded.url)?,
            allow: Effect::ALL.to_vec(),
            headers: HeaderMap::new(),
            timeout,
            roots: Roots::platform(),
            known: Vec::new(),
            pace: Pace::unlimited(),
            patience: Patience::with_nothing(),
            waiting: Patience::with_time(),
            held_off: Patience::with_refusals(),
            ways: Mutex::default(),
            clock: Some(embedded.clock),
            mailbox: embedded.mailbox,
            values: embedded.values,
            made: embedded.made,
        })
    }

    /// The value of a key, where the configuration gives it; or what an embedded server makes by that name.
    pub fn value(&self, key: &str) -> Option<&str> {
        let made = || self.made.get(key).map(|made| made.as_str());
        self.values.get(key).map(String::as_str).or_else(made)
    }

    /// Where it is, as it may be shown.
    pub(crate) fn shown_url(&self) -> String {
        self.secrets().mask(self.url.as_str())
    }

    /// Whether it is where this says, which was shown once.
    pub(crate) fn is_at(&self, shown: &str) -> bool {
        self.shown_url() == shown
    }

    /// What the names of variables begin with that stand for its secrets: `UMAMI`.
    pub fn variable_prefix(&self) -> String {
        self.suite.api.name.to_uppercase()
    }

    /// Why a case of these needs cannot run here; none when it can.
    pub fn lacks(&self, needs: &[Need]) -> Option<String> {
        needs.iter().find_map(|need| match need {
            Need::Clock => self.clock.is_none().then(|| NO_CLOCK.to_owned()),
            Need::Flag(key) => {
                let api = self.suite.api.name;
                let variable = format!("PROBITY_{}_{}", api.to_uppercase(), key.to_uppercase());
                let why = || format!("set `{key}` to true under [{api}] in the configuration, or {variable}");
                (self.value(key) != Some("true")).then(why)
            }
            Need::Keys(keys) => {
                let missing: Vec<_> = keys.iter().filter(|key| self.value(key).is_none()).collect();
                let named = |form: &dyn Fn(&str) -> String| {
                    missing.iter().map(|key| form(key)).collect::<Vec<_>>().join(" and ")
                };
                let api = self.suite.api.name;
                let keys = named(&|key| format!("`{key}`"));
                let variables = named(&|key| format!("PROBITY_{}_{}", api.to_uppercase(), key.to_uppercase()));
                (!missing.is_empty()).then(|| format!("set {keys} under [{api}] in the configuration, or {variables}"))
            }
        })
    }

    /// The secrets that its configuration gives.
    pub fn secrets(&self) -> Secrets {
        let mut secrets = Secrets::default();
        let prefix = self.variable_prefix();
        for (key, value) in self.secret_values() {
            let variable = format!("{prefix}_{}", key.to_uppercase());
            secrets.add(&variable, value);
        }
        for (name, value) in &self.headers {
            let variable = format!("{prefix}_HEADER_{}", variable_name(name.as_str()));
            secrets.add_header(&variable, name, &String::from_utf8_lossy(value.as_bytes()));
        }
        secrets
    }

    /// The keys whose secrets cannot be told from ordinary words by their value.
    pub fn ordinary_secrets(&self) -> impl Iterator<Item = &'static str> {
        self.secret_values().filter(|(_, value)| is_ordinary(value)).map(|(key, _)| key)
    }

    fn secret_values(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let secret = self.suite.keys.iter().filter(|key| key.secret);
        secret.filter_map(|key| Some((key.name, self.value(key.name)?)))
    }
}
