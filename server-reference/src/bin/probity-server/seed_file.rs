//! The file that `--seed` names: one table for each API.

use probity_server::umami;
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::{fs, io};

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SeedFile {
    pub(crate) umami: Option<umami::Seed>,
}

/// Why a seed file cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SeedFileError {
    #[error("{}: cannot be read: {reason}", file.display())]
    Unreadable { file: PathBuf, reason: io::Error },
    #[error("{}:{line}: {reason}", file.display())]
    Malformed { file: PathBuf, line: usize, reason: String },
    #[error("{}: umami: {reason}", file.display())]
    Umami { file: PathBuf, reason: umami::SeedError },
}

impl SeedFile {
    /// Reads a file, and checks what it holds.
    pub(crate) fn read(file: &Path) -> Result<Self, SeedFileError> {
        let text =
            fs::read_to_string(file).map_err(|reason| SeedFileError::Unreadable { file: file.to_owned(), reason })?;
        // Without the excerpt that the error would show: it may be a password's line.
        let seeds: Self = toml::from_str(&text).map_err(|error| SeedFileError::Malformed {
            file: file.to_owned(),
            line: line(&text, error.span().map_or(0, |span| span.start)),
            reason: error.message().to_owned(),
        })?;
        if let Some(seed) = &seeds.umami {
            seed.check().map_err(|reason| SeedFileError::Umami { file: file.to_owned(), reason })?;
        }
        Ok(seeds)
    }
}

fn line(text: &str, place: usize) -> usize {
    text.bytes().take(place).filter(|byte| *byte == b'\n').count() + 1
}
