//! Known lists: departures that somebody has looked at, listed so that only new ones fail, and held to so that none rots.

use crate::target::ConfigError;
use probity_fixtures::{Api, Requirement};
use serde::Deserialize;
use std::path::Path;

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
    /// Where the entry stands: a release's name, or a file and line.
    pub place: String,
}

impl Known {
    /// Whether a requirement is listed for a case.
    pub fn lists(&self, requirement: &Requirement, case: &str) -> bool {
        self.entries.iter().any(|entry| entry.covers(requirement, case))
    }

    /// Reads a list: a release of one of the APIs by its name, or a file.
    ///
    /// # Errors
    /// [`ConfigError`] when it is neither, cannot be read, or names a requirement or case that does not exist.
    pub fn add(&mut self, list: &str, apis: &[&'static Api], cases: &[String]) -> Result<(), ConfigError> {
        let entries = match apis.iter().find_map(|api| api.release(list)) {
            Some(release) => of_release(release),
            None => of_file(list, apis)?,
        };
        for entry in &entries {
            if let Some(unknown) = entry.cases.iter().find(|case| !cases.contains(case)) {
                return Err(ConfigError::new(&entry.place, format!("there is no case {unknown}")));
            }
        }
        self.entries.extend(entries);
        Ok(())
    }
}

impl Entry {
    /// Whether this entry lists the requirement for the case.
    pub fn covers(&self, requirement: &Requirement, case: &str) -> bool {
        self.requirement == requirement && (self.cases.is_empty() || self.cases.iter().any(|listed| listed == case))
    }
}

fn of_release(release: &'static probity_fixtures::Release) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    for departure in release.departures {
        for requirement in departure.deviation.breaks {
            if !entries.iter().any(|entry| entry.requirement == *requirement) {
                entries.push(Entry {
                    requirement,
                    cases: Vec::new(),
                    reason: departure.deviation.says.to_owned(),
                    link: None,
                    place: release.name.to_owned(),
                });
            }
        }
    }
    entries
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    known: Vec<toml::Spanned<Listed>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Listed {
    requirement: String,
    #[serde(default)]
    cases: Vec<String>,
    reason: String,
    link: Option<String>,
}

fn of_file(file: &str, apis: &[&'static Api]) -> Result<Vec<Entry>, ConfigError> {
    let text = std::fs::read_to_string(Path::new(file)).map_err(|error| {
        let releases: Vec<_> = apis.iter().flat_map(|api| api.releases).map(|release| release.name).collect();
        let what = format!(
            "it is no file that can be read ({error}), and no release of this run's APIs; there are: {}",
            releases.join(", ")
        );
        ConfigError::new(format!("known list {file}"), what)
    })?;
    let line = |at: usize| text[..at.min(text.len())].matches('\n').count() + 1;
    let parsed: Result<File, _> = toml::from_str(&text);
    let parsed = parsed.map_err(|error| {
        let place = error.span().map_or_else(|| file.to_owned(), |span| format!("{file}: line {}", line(span.start)));
        let what = format!(
            "{}; an entry is [[known]] with `requirement` and `reason`, and if wanted `cases` and `link`",
            error.message()
        );
        ConfigError::new(place, what)
    })?;
    let mut entries: Vec<Entry> = Vec::new();
    for listed in parsed.known {
        let place = format!("{file}: line {}", line(listed.span().start));
        let Listed { requirement, cases, reason, link } = listed.into_inner();
        let found = apis.iter().find_map(|api| api.requirement(&requirement));
        let unknown = || ConfigError::new(&place, format!("there is no requirement {requirement} in this run's APIs"));
        let requirement = found.ok_or_else(unknown)?;
        if let Some(first) = entries.iter().find(|entry| entry.requirement == requirement && entry.cases == cases) {
            return Err(ConfigError::new(&place, format!("{} stands already at {}", requirement.id, first.place)));
        }
        entries.push(Entry { requirement, cases, reason, link, place });
    }
    Ok(entries)
}
