//! Where a target's settings come from: flags before the file, the file before the environment.

use super::{DEFAULT_TIMEOUT, Pace, Patience, Target, value};
use crate::case::{Effect, Need};
use crate::suite::Suite;
use crate::wire::Roots;
use http::{HeaderMap, HeaderName, HeaderValue};
use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::path::Path;
use std::sync::Mutex;
use std::time::Duration;
use thiserror::Error;
use toml::Value;
use url::Url;

/// The keys that every target has.
const COMMON: [&str; 7] = ["url", "allow", "rate", "known", "ca", "headers", "timeout"];

/// What is wrong with the configuration: where, what, and what was expected.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("{place}: {what}")]
pub struct ConfigError {
    place: String,
    what: String,
}

impl ConfigError {
    /// Trouble at a place: a file and key, a variable, a flag.
    pub fn new(place: impl Into<String>, what: impl Into<String>) -> Self {
        Self { place: place.into(), what: what.into() }
    }
}

/// The settings of one target, as far as they are given.
#[derive(Debug, Default, Clone)]
pub struct Settings {
    given: BTreeMap<&'static str, Given>,
}

#[derive(Clone)]
struct Given {
    value: Value,
    place: String,
}

impl std::fmt::Debug for Given {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "given by {}", self.place)
    }
}

/// The targets that a configuration file names.
///
/// # Errors
/// [`ConfigError`] naming the file and the key, when the file cannot be read, is no TOML, or holds what it may not.
pub fn read_file(file: &Path, suites: &'static [Suite]) -> Result<BTreeMap<&'static str, Settings>, ConfigError> {
    let name = file.display().to_string();
    let text =
        std::fs::read_to_string(file).map_err(|error| ConfigError::new(&name, format!("cannot be read: {error}")))?;
    read_text(&name, &text, suites)
}

/// The targets that the text of a configuration file names; `name` is the file's.
///
/// # Errors
/// [`ConfigError`] naming the file and the key, when it is no TOML, or holds what it may not.
pub fn read_text(
    name: &str,
    text: &str,
    suites: &'static [Suite],
) -> Result<BTreeMap<&'static str, Settings>, ConfigError> {
    let tables: toml::Table = text.parse().map_err(|error: toml::de::Error| not_toml(name, text, &error))?;
    let mut targets = BTreeMap::new();
    for (api, table) in &tables {
        let names = suites.iter().map(|suite| suite.api.name);
        let Some(suite) = suites.iter().find(|suite| suite.api.name == api) else {
            let known = names.clone().collect::<Vec<_>>().join(", ");
            let what = format!("there is no API of that name{}; there are: {known}", meant(api, names));
            return Err(ConfigError::new(format!("{name}: [{api}]"), what));
        };
        let Some(table) = table.as_table() else {
            return Err(ConfigError::new(format!("{name}: {api}"), format!("a table was expected: [{api}]")));
        };
        let mut settings = Settings::default();
        for (key, value) in table {
            let place = format!("{name}: [{api}] {key}");
            let key = suite_key(suite, key).map_err(|what| ConfigError::new(&place, what))?;
            settings.given.insert(key, Given { value: value.clone(), place });
        }
        targets.insert(suite.api.name, settings);
    }
    Ok(targets)
}

/// What `PROBITY_<API>_<KEY>` gives for an API. A variable that is set to nothing, as CI does for a secret that is not
/// there, counts as not set.
///
/// # Errors
/// [`ConfigError`] naming a variable that is not UTF-8.
pub fn read_environment(suite: &'static Suite) -> Result<Settings, ConfigError> {
    let mut settings = Settings::default();
    for key in keys(suite) {
        let name = format!("PROBITY_{}_{}", suite.api.name.to_uppercase(), key.to_uppercase());
        match std::env::var(&name) {
            Ok(text) if !text.is_empty() => {
                settings.given.insert(key, Given { value: Value::String(text), place: name });
            }
            Ok(_) | Err(std::env::VarError::NotPresent) => {}
            Err(std::env::VarError::NotUnicode(_)) => return Err(ConfigError::new(name, "its value is not UTF-8")),
        }
    }
    Ok(settings)
}

impl Settings {
    /// Whether the settings say where the target is.
    pub fn names_a_target(&self) -> bool {
        self.given.contains_key("url")
    }

    /// Takes a setting from a flag, which goes before the file's and the environment's.
    pub fn set(&mut self, key: &'static str, value: impl Into<Value>, flag: &str) {
        self.given.insert(key, Given { value: value.into(), place: flag.to_owned() });
    }

    /// Takes what is not set yet from settings of less weight.
    pub fn fill_from(&mut self, lesser: Settings) {
        for (key, given) in lesser.given {
            self.given.entry(key).or_insert(given);
        }
    }

    /// The same with a stand-in for each value that only a command would tell, and no command run: enough to know which
    /// values are given.
    pub fn without_commands(mut self, suite: &'static Suite) -> Self {
        let stand_in = || Value::String("told-by-a-command".to_owned());
        for (key, given) in &mut self.given {
            let is_own = suite.keys.iter().any(|own| own.name == *key);
            match &mut given.value {
                value if is_own && value::is_command(value) => *value = stand_in(),
                Value::Table(headers) if *key == "headers" => {
                    let commands = headers.iter_mut().filter(|(_, value)| value::is_command(value));
                    commands.for_each(|(_, value)| *value = stand_in());
                }
                _ => {}
            }
        }
        self
    }

    /// The target that these settings describe.
    ///
    /// # Errors
    /// [`ConfigError`] naming the place of the first setting that cannot be used, and what was expected there.
    pub fn target(&self, suite: &'static Suite) -> Result<Target, ConfigError> {
        let mut values = BTreeMap::new();
        let needs: Vec<_> = (suite.cases)().into_iter().flat_map(|case| case.needs).collect();
        for key in suite.keys {
            let given = match needs.contains(&Need::Flag(key.name)) {
                true => self.flag(key.name)?,
                false => self.text(key.name)?,
            };
            if let Some(text) = given {
                values.insert(key.name, text);
            }
        }
        let no_url = || ConfigError::new(suite.api.name, "`url` is missing: where the deployment is, as https://…");
        Ok(Target {
            suite,
            url: self.read("url", parse_url)?.ok_or_else(no_url)?,
            allow: self
                .list("allow")?
                .map_or(Ok(Vec::new()), |words| self.read_list("allow", &words, parse_effect))?
                .concat(),
            headers: self.headers()?,
            timeout: self.read("timeout", parse_seconds)?.unwrap_or(DEFAULT_TIMEOUT),
            roots: self
                .read("ca", |file| Roots::and_file(Path::new(file)).map_err(|error| error.to_string()))?
                .unwrap_or_else(Roots::platform),
            known: self.list("known")?.unwrap_or_default(),
            pace: self.read("rate", parse_rate)?.map_or_else(Pace::unlimited, Pace::per_minute),
            patience: Patience::with_nothing(),
            waiting: Patience::with_time(),
            held_off: Patience::with_refusals(),
            ways: Mutex::default(),
            clock: None,
            made: BTreeMap::new(),
            mailbox: None,
            values,
        })
    }

    /// A setting as a text; numbers count as their digits.
    fn text(&self, key: &str) -> Result<Option<String>, ConfigError> {
        let Some(Given { value, place }) = self.given.get(key) else { return Ok(None) };
        let value = value::resolved(value).map_err(|what| ConfigError::new(place, what))?;
        match value {
            Value::String(text) => Ok(Some(text)),
            Value::Integer(number) => Ok(Some(number.to_string())),
            Value::Float(number) => Ok(Some(number.to_string())),
            _ => {
                let what = "a text was expected, or { env = \"NAME\" }, or { command = \"…\" }";
                Err(ConfigError::new(place, what))
            }
        }
    }

    /// A setting that is true or false, the words as well: an environment has nothing else.
    fn flag(&self, key: &str) -> Result<Option<String>, ConfigError> {
        let Some(Given { value, place }) = self.given.get(key) else { return Ok(None) };
        let word = match value {
            Value::Boolean(flag) => Some(flag.to_string()),
            _ => self.text(key)?,
        };
        match word.as_deref() {
            Some("true" | "false") => Ok(word),
            _ => Err(ConfigError::new(place, "true or false was expected")),
        }
    }

    fn read<T>(&self, key: &str, parse: impl Fn(&str) -> Result<T, String>) -> Result<Option<T>, ConfigError> {
        let Some(text) = self.text(key)? else { return Ok(None) };
        parse(&text).map(Some).map_err(|what| ConfigError::new(self.place(key), what))
    }

    /// A setting as a list: an array, or a text with commas.
    fn list(&self, key: &str) -> Result<Option<Vec<String>>, ConfigError> {
        let Some(Given { value, place }) = self.given.get(key) else { return Ok(None) };
        let wrong = || ConfigError::new(place, "a list of texts was expected, such as [\"one\", \"two\"]");
        let words = match value::resolved(value).map_err(|what| ConfigError::new(place, what))? {
            Value::String(text) => {
                text.split(',').map(|word| word.trim().to_owned()).filter(|word| !word.is_empty()).collect()
            }
            Value::Array(items) => {
                let items =
                    items.iter().map(|item| value::resolved(item).map_err(|what| ConfigError::new(place, what)));
                let word = |item: Result<Value, ConfigError>| item?.as_str().map(str::to_owned).ok_or_else(wrong);
                items.map(word).collect::<Result<Vec<_>, _>>()?
            }
            _ => return Err(wrong()),
        };
        Ok(Some(words))
    }

    fn read_list<T>(
        &self,
        key: &str,
        words: &[String],
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Result<Vec<T>, ConfigError> {
        let parsed = words.iter().map(|word| parse(word)).collect::<Result<_, _>>();
        parsed.map_err(|what| ConfigError::new(self.place(key), what))
    }

    /// `headers`: a table of names and values, or a text `Name: value, Name: value`.
    fn headers(&self) -> Result<HeaderMap, ConfigError> {
        let mut headers = HeaderMap::new();
        let Some(Given { value, place }) = self.given.get("headers") else { return Ok(headers) };
        let wrong = |what: String| ConfigError::new(place, what);
        let value = value::resolved(value).map_err(wrong)?;
        let pairs: Vec<(String, Value)> = match &value {
            Value::Table(table) => table.iter().map(|(name, value)| (name.clone(), value.clone())).collect(),
            Value::String(text) => {
                let pairs = text.split(',').map(|pair| pair.split_once(':'));
                let pairs: Option<Vec<_>> = pairs.collect();
                let pairs =
                    pairs.ok_or_else(|| wrong("`Name: value` was expected, several with commas between".to_owned()))?;
                pairs
                    .into_iter()
                    .map(|(name, value)| (name.trim().to_owned(), Value::String(value.trim().to_owned())))
                    .collect()
            }
            _ => return Err(wrong("a table of names and values was expected".to_owned())),
        };
        for (name, value) in pairs {
            let value = value::resolved(&value).map_err(wrong)?;
            let text = value.as_str().ok_or_else(|| wrong(format!("the value of {name} has to be a text")))?;
            let header =
                HeaderName::from_bytes(name.as_bytes()).map_err(|_| wrong(format!("{name} is no header's name")))?;
            let text = HeaderValue::from_str(text)
                .map_err(|_| wrong(format!("the value of {name} cannot stand in a header")))?;
            headers.append(header, text);
        }
        Ok(headers)
    }

    fn place<'a>(&'a self, key: &'a str) -> &'a str {
        self.given.get(key).map_or(key, |given| given.place.as_str())
    }
}

fn keys(suite: &'static Suite) -> impl Iterator<Item = &'static str> + Clone {
    COMMON.into_iter().chain(suite.keys.iter().map(|key| key.name))
}

fn suite_key(suite: &'static Suite, key: &str) -> Result<&'static str, String> {
    let says = |name: &str| suite.keys.iter().find(|key| key.name == name).map(|key| format!(" ({})", key.says));
    let described = |name| format!("`{name}`{}", says(name).unwrap_or_default());
    let known = || keys(suite).map(described).collect::<Vec<_>>().join(", ");
    let found = keys(suite).find(|name| *name == key);
    found.ok_or_else(|| format!("there is no such key{}; there are: {}", meant(key, keys(suite)), known()))
}

/// `; did you mean …?` when a name is near to one of these.
pub(crate) fn meant<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> String {
    let near = names.map(|known| (strsim::damerau_levenshtein(name, known), known)).min();
    match near {
        Some((distance, known)) if distance <= 3 => format!(" (did you mean {known}?)"),
        _ => String::new(),
    }
}

fn not_toml(name: &str, text: &str, error: &toml::de::Error) -> ConfigError {
    let line = error.span().map(|span| text[..span.start.min(text.len())].matches('\n').count() + 1);
    let place = line.map_or_else(|| name.to_owned(), |line| format!("{name}: line {line}"));
    ConfigError::new(place, format!("this is no TOML: {}", error.message()))
}

fn parse_url(text: &str) -> Result<Url, String> {
    let url = Url::parse(text)
        .map_err(|error| format!("an address such as https://analytics.example.com was expected: {error}"))?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
        return Err("an address that begins with http:// or https:// was expected".to_owned());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("an address without user and password was expected: give these by their own keys, or as `headers`"
            .to_owned());
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("an address without query (?) and fragment (#) was expected".to_owned());
    }
    Ok(url)
}

pub(crate) fn parse_effect(word: &str) -> Result<Vec<Effect>, String> {
    if word == "all" {
        return Ok(Effect::ALL.to_vec());
    }
    let words = || Effect::ALL.iter().map(|effect| effect.as_str());
    let effect = Effect::ALL.into_iter().find(|effect| effect.as_str() == word);
    let unknown = || {
        format!(
            "`{word}` cannot be allowed{}; there are: {}, all",
            meant(word, words()),
            words().collect::<Vec<_>>().join(", ")
        )
    };
    effect.map(|effect| vec![effect]).ok_or_else(unknown)
}

pub(crate) fn parse_seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse().ok().filter(|seconds| *seconds > 0.0 && *seconds <= 3600.0);
    seconds
        .map(Duration::from_secs_f64)
        .ok_or_else(|| "a number of seconds above 0 and up to 3600 was expected".to_owned())
}

fn parse_rate(text: &str) -> Result<NonZeroU32, String> {
    text.parse().map_err(|_| "a whole number of requests a minute, 1 or more, was expected".to_owned())
}
