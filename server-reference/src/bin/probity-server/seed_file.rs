//! The file that `--seed` names: one table for each API.

use probity_server::umami;
use serde::Deserialize;
use serde_path_to_error::{Path as Keys, Segment};
use std::path::{Path, PathBuf};
use std::{fs, io};

pub(crate) struct SeedFile {
    path: PathBuf,
    tables: Tables,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Tables {
    umami: Option<umami::Seed>,
}

/// Why a seed file cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SeedFileError {
    #[error("{}: cannot be read: {reason}", file.display())]
    Unreadable { file: PathBuf, reason: io::Error },
    #[error("{}:{line}: {reason}", file.display())]
    Malformed { file: PathBuf, line: usize, reason: String },
    #[error("{}: there is nothing for {api} in it, whose users stand under [[{api}.users]]", file.display())]
    Silent { file: PathBuf, api: &'static str },
    #[error("{}: umami: {reason}", file.display())]
    Umami { file: PathBuf, reason: umami::SeedError },
}

impl SeedFile {
    /// Reads a file.
    pub(crate) fn read(file: &Path) -> Result<Self, SeedFileError> {
        let text =
            fs::read_to_string(file).map_err(|reason| SeedFileError::Unreadable { file: file.to_owned(), reason })?;
        let malformed = |error: &toml::de::Error, reason| {
            let line = line(&text, error.span().map_or(0, |span| span.start));
            SeedFileError::Malformed { file: file.to_owned(), line, reason }
        };
        let parsed = toml::Deserializer::parse(&text)
            .map_err(|error| malformed(&error, format!("this is no TOML: {}", error.message())))?;
        let tables = serde_path_to_error::deserialize(parsed)
            .map_err(|error| malformed(error.inner(), without_values(error.path(), error.inner().message())))?;
        Ok(Self { path: file.to_owned(), tables })
    }

    /// What it holds for Umami, checked.
    pub(crate) fn umami(&self) -> Result<umami::Seed, SeedFileError> {
        let file = || self.path.clone();
        let seed = self.tables.umami.clone().ok_or_else(|| SeedFileError::Silent { file: file(), api: "umami" })?;
        seed.check().map_err(|reason| SeedFileError::Umami { file: file(), reason })?;
        Ok(seed)
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
