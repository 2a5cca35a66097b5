//! Known lists: departures that somebody has looked at, listed so that only new ones fail, and held to so that none rots.

use crate::plan;
use crate::target::{ConfigError, meant};
use probity_fixtures::{Api, Requirement};
use serde::Deserialize;
use std::path::Path;
use toml::Value;
use toml::value::Datetime;

/// The entries of all lists of a run.
#[derive(Debug, Default)]
pub struct Known {
    /// In the order of the lists.
    pub entries: Vec<Entry>,
}

/// One departure that is known.
#[derive(Debug)]
pub struct Entry {
    /// The requirement that is departed from.
    pub requirement: &'static Requirement,
    /// The cases in which it is; all of them when empty.
    pub cases: Vec<String>,
    /// Why it is on the list.
    pub reason: String,
    /// Where it is discussed.
    pub link: Option<String>,
    /// How the target departs, as the report tells it, with `*` for any text; any way when none is given.
    pub actual: Option<String>,
    /// It is out of date: its `until` is over.
    pub expired: bool,
    /// Where an earlier entry stands that lists the same.
    pub listed_before: Option<String>,
    /// Where the entry stands: a release's name, or a file and line.
    pub place: String,
    /// Its place among those of its file; none for a release's.
    pub(crate) number: Option<usize>,
}

/// What lists say of a departure.
pub(crate) enum Listed<'k> {
    /// Nothing.
    No,
    /// It is known, by this entry.
    Known(&'k Entry),
    /// It is known to depart in another way.
    Otherwise,
}

impl Known {
    /// What the lists say of a departure from a requirement in a case; `actual` is how it departs, where that was seen.
    pub(crate) fn listed(&self, requirement: &Requirement, case: &str, actual: Option<&str>) -> Listed<'_> {
        let mut covering = self.entries.iter().filter(|entry| entry.is_valid() && entry.covers(requirement, case));
        match covering.clone().find(|entry| entry.fits(actual)) {
            Some(entry) => Listed::Known(entry),
            None if covering.next().is_some() => Listed::Otherwise,
            None => Listed::No,
        }
    }

    /// Reads a list: a release of one of the APIs by its name, or a file. `today` is the date in UTC, as 2026-12-31.
    ///
    /// # Errors
    /// [`ConfigError`] when it is neither, cannot be read, or names a requirement or case that does not exist.
    pub fn add(&mut self, list: &str, apis: &[&'static Api], cases: &[String], today: &str) -> Result<(), ConfigError> {
        match apis.iter().find_map(|api| api.release(list)) {
            Some(release) => self.add_entries(of_release(release), cases),
            None => self.add_text(list, &text_of(list, apis)?, apis, cases, today),
        }
    }

    /// The same of the text of a file, whose name is `file`.
    ///
    /// # Errors
    /// [`ConfigError`] when it is no list, or names a requirement or case that does not exist.
    pub fn add_text(
        &mut self,
        file: &str,
        text: &str,
        apis: &[&'static Api],
        cases: &[String],
        today: &str,
    ) -> Result<(), ConfigError> {
        self.add_entries(entries_of(file, text, apis, today)?, cases)
    }

    fn add_entries(&mut self, entries: Vec<Entry>, cases: &[String]) -> Result<(), ConfigError> {
        for entry in &entries {
            if let Some(unknown) = entry.cases.iter().find(|case| !cases.contains(case)) {
                return Err(ConfigError::new(&entry.place, format!("there is no case {unknown}")));
            }
        }
        for mut entry in entries {
            let before = self.entries.iter().find(|before| before.number.is_some() && before.overlaps(&entry));
            entry.listed_before = before.filter(|_| entry.number.is_some()).map(|before| before.place.clone());
            self.entries.push(entry);
        }
        Ok(())
    }
}

impl Entry {
    /// An entry that lists a requirement for all cases, however it is departed from.
    pub fn new(requirement: &'static Requirement, reason: impl Into<String>, place: impl Into<String>) -> Self {
        Self {
            requirement,
            cases: Vec::new(),
            reason: reason.into(),
            link: None,
            actual: None,
            expired: false,
            listed_before: None,
            place: place.into(),
            number: None,
        }
    }

    /// Whether this entry lists the requirement for the case.
    pub fn covers(&self, requirement: &Requirement, case: &str) -> bool {
        self.requirement == requirement && (self.cases.is_empty() || self.cases.iter().any(|listed| listed == case))
    }

    /// Whether it lists anything at all: one that has expired or stands twice does not.
    fn is_valid(&self) -> bool {
        !self.expired && self.listed_before.is_none()
    }

    /// Whether it lists this way to depart.
    pub(crate) fn fits(&self, actual: Option<&str>) -> bool {
        match (&self.actual, actual) {
            (Some(pinned), Some(actual)) => plan::matches(pinned, actual),
            _ => true,
        }
    }

    fn overlaps(&self, other: &Entry) -> bool {
        let share_cases =
            self.cases.is_empty() || other.cases.is_empty() || self.cases.iter().any(|case| other.cases.contains(case));
        self.requirement == other.requirement && self.actual == other.actual && share_cases
    }
}

fn of_release(release: &'static probity_fixtures::Release) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    for departure in release.departures {
        for requirement in departure.deviation.breaks {
            if !entries.iter().any(|entry| entry.requirement == *requirement) {
                entries.push(Entry::new(requirement, departure.deviation.says, release.name));
            }
        }
    }
    entries
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    known: Vec<toml::Spanned<InFile>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct InFile {
    requirement: String,
    #[serde(default)]
    cases: Vec<String>,
    reason: String,
    link: Option<String>,
    actual: Option<String>,
    until: Option<Value>,
}

/// The last day on which an entry counts, as 2026-12-31: a date, or a text that is one. There is no form for a version: no
/// document has a call that tells the deployment's.
fn date(until: &Value) -> Option<String> {
    let text = match until {
        Value::Datetime(Datetime { date: Some(date), time: None, offset: None }) => date.to_string(),
        Value::String(text) => text.clone(),
        _ => return None,
    };
    humantime::parse_rfc3339(&format!("{text}T00:00:00Z")).ok().map(|_| text)
}

fn text_of(file: &str, apis: &[&'static Api]) -> Result<String, ConfigError> {
    std::fs::read_to_string(Path::new(file)).map_err(|error| {
        let releases: Vec<_> = apis.iter().flat_map(|api| api.releases).map(|release| release.name).collect();
        let what = format!(
            "it is no file that can be read ({error}), and no release of this run's APIs; there are: {}",
            releases.join(", ")
        );
        ConfigError::new(format!("known list {file}"), what)
    })
}

fn entries_of(file: &str, text: &str, apis: &[&'static Api], today: &str) -> Result<Vec<Entry>, ConfigError> {
    let line = |at: usize| text[..at.min(text.len())].matches('\n').count() + 1;
    let parsed: Result<File, _> = toml::from_str(text);
    let parsed = parsed.map_err(|error| {
        let place = error.span().map_or_else(|| file.to_owned(), |span| format!("{file}: line {}", line(span.start)));
        let what = format!(
            "{}; an entry is [[known]] with `requirement` and `reason`, and if wanted `cases`, `link`, `actual` and `until`",
            error.message()
        );
        ConfigError::new(place, what)
    })?;
    let mut entries: Vec<Entry> = Vec::new();
    for (number, listed) in parsed.known.into_iter().enumerate() {
        let place = format!("{file}: line {}", line(listed.span().start));
        let InFile { requirement, cases, reason, link, actual, until } = listed.into_inner();
        let found = apis.iter().find_map(|api| api.requirement(&requirement));
        let unknown = || {
            let meant = meant(&requirement, apis.iter().flat_map(|api| api.requirements).map(|known| known.id));
            ConfigError::new(&place, format!("there is no requirement {requirement}{meant}"))
        };
        let requirement = found.ok_or_else(unknown)?;
        let no_date = || ConfigError::new(&place, "`until` is no date; one such as 2026-12-31 was expected");
        let until = until.map(|until| date(&until).ok_or_else(no_date)).transpose()?;
        entries.push(Entry {
            requirement,
            cases,
            reason,
            link,
            actual,
            expired: until.is_some_and(|until| until.as_str() < today),
            listed_before: None,
            place,
            number: Some(number),
        });
    }
    Ok(entries)
}
