//! The file that `--seed` names: one table for each API.

use crate::arguments::Api;
use probity_server::{identity, tinyauth, umami, uptinio};
use serde::Deserialize;
use serde_path_to_error::{Path as Keys, Segment};
use std::path::{Path, PathBuf};
use std::{fs, io};

/// What stands in it.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Seeds {
    pub(crate) umami: Option<umami::Seed>,
    pub(crate) tinyauth: Option<tinyauth::Seed>,
    pub(crate) uptinio: Option<uptinio::Seed>,
    #[serde(rename = "identity-provider")]
    pub(crate) identity_provider: Option<identity::Seed>,
}

/// Why a seed file cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SeedFileError {
    #[error("{}: cannot be read: {reason}", file.display())]
    Unreadable { file: PathBuf, reason: io::Error },
    #[error("{}:{line}: {reason}", file.display())]
    Malformed { file: PathBuf, line: usize, reason: String },
    #[error("{}: there is nothing in it for what is started: {started}", file.display())]
    Silent { file: PathBuf, started: String },
    #[error("{}: {api}: {reason}", file.display())]
    Unfit { file: PathBuf, api: &'static str, reason: String },
}

impl Seeds {
    /// Reads a file, and checks what it holds for what is started.
    pub(crate) fn read(file: &Path, started: &[Api]) -> Result<Self, SeedFileError> {
        let text =
            fs::read_to_string(file).map_err(|reason| SeedFileError::Unreadable { file: file.to_owned(), reason })?;
        let malformed = |error: &toml::de::Error, reason| {
            let line = line(&text, error.span().map_or(0, |span| span.start));
            SeedFileError::Malformed { file: file.to_owned(), line, reason }
        };
        let parsed = toml::Deserializer::parse(&text)
            .map_err(|error| malformed(&error, format!("this is no TOML: {}", error.message())))?;
        let seeds: Self = serde_path_to_error::deserialize(parsed)
            .map_err(|error| malformed(error.inner(), without_values(error.path(), error.inner().message())))?;
        let checks: Vec<_> = started.iter().filter_map(|api| Some((api.name(), seeds.check(*api)?))).collect();
        if checks.is_empty() {
            let started: Vec<_> = started.iter().map(|api| api.name()).collect();
            return Err(SeedFileError::Silent { file: file.to_owned(), started: started.join(", ") });
        }
        for (api, check) in checks {
            check.map_err(|reason| SeedFileError::Unfit { file: file.to_owned(), api, reason })?;
        }
        Ok(seeds)
    }

    /// Whether a server can start with what the file holds for it. `None`: it holds nothing.
    fn check(&self, api: Api) -> Option<Result<(), String>> {
        match api {
            Api::Umami => self.umami.as_ref().map(|seed| seed.check().map_err(|reason| reason.to_string())),
            Api::Tinyauth => self.tinyauth.as_ref().map(|seed| seed.check().map_err(|reason| reason.to_string())),
            Api::Uptinio => self.uptinio.as_ref().map(|seed| seed.check().map_err(|reason| reason.to_string())),
            Api::IdentityProvider => {
                self.identity_provider.as_ref().map(|seed| seed.check().map_err(|reason| reason.to_string()))
            }
        }
    }
}

/// Says where a fault is and what was expected there, but nothing of what was found: that may be a password, or stand
/// where one should. Serde names it before the last `, expected `, and an unknown key at the
/// end of the path as well.
fn without_values(keys: &Keys, message: &str) -> String {
    let unknown = message.starts_with("unknown ");
    let expected = match message.rsplit_once(", expected ") {
        Some((_, expected)) if unknown => format!("this is unknown; expected {expected}"),
        Some((_, expected)) => format!("expected {expected}"),
        None => message.to_owned(),
    };
    let mut known: Vec<_> = keys.iter().collect();
    if message.starts_with("unknown field") {
        known.pop();
    }
    let keys: String = known
        .into_iter()
        .map(|segment| match segment {
            Segment::Seq { index } => format!("[{index}]"),
            key => format!(".{key}"),
        })
        .collect();
    match keys.trim_start_matches('.') {
        "" => expected,
        keys => format!("{keys}: {expected}"),
    }
}

fn line(text: &str, place: usize) -> usize {
    text.bytes().take(place).filter(|byte| *byte == b'\n').count() + 1
}
