//! `--report FORM=FILE`: where a report is wanted, seen to be writable before anything is sent, and written whole or not.

use super::{Unusable, write_stdout};
use crate::report::{Form, Report};
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// A report that is wanted.
pub(super) struct Wanted {
    /// What the flag says.
    argument: String,
    form: Form,
    place: Place,
}

enum Place {
    StandardOutput,
    /// A file, whose folder takes another beside it.
    File(PathBuf),
    /// What is no file, such as a pipe: it is written to and not replaced.
    Device(PathBuf),
}

impl Wanted {
    /// Reads the flags, and sees to it that a run will not be lost for a wrong path. What a file holds stays until then.
    pub(super) fn all(flags: &[String]) -> Result<Vec<Self>, Unusable> {
        let mut all: Vec<Self> = Vec::new();
        for flag in flags {
            let wanted = Self::read(flag)?;
            if let Some(other) = all.iter().find(|other| other.path() == wanted.path()) {
                return Err(format!("--report {flag}: --report {} goes to the same place", other.argument));
            }
            all.push(wanted);
        }
        Ok(all)
    }

    fn read(flag: &str) -> Result<Self, Unusable> {
        let forms = || Form::ALL.map(Form::as_str).join(", ");
        let (word, path) = match flag.split_once('=') {
            Some((word, path)) if !path.is_empty() => (word, path),
            _ => {
                return Err(format!(
                    "--report {flag}: FORM=FILE was expected, such as json=report.json, with a form out of: {}",
                    forms()
                ));
            }
        };
        let form = Form::ALL.into_iter().find(|form| form.as_str() == word).ok_or_else(|| {
            let meant = crate::target::meant(word, Form::ALL.map(Form::as_str).into_iter());
            format!("--report {flag}: there is no form {word}{meant}; there are: {}", forms())
        })?;
        let place = match path {
            "-" => Place::StandardOutput,
            path => place_of(Path::new(path)).map_err(|what| format!("--report {flag}: {what}"))?,
        };
        Ok(Self { argument: flag.to_owned(), form, place })
    }

    pub(super) fn is_standard_output(&self) -> bool {
        matches!(self.place, Place::StandardOutput)
    }

    fn path(&self) -> Option<&Path> {
        match &self.place {
            Place::StandardOutput => None,
            Place::File(path) | Place::Device(path) => Some(path),
        }
    }

    /// Writes each of them, also when another one cannot be written.
    pub(super) fn write_all(all: &[Self], report: &Report) -> Result<(), Unusable> {
        let troubles = all.iter().filter_map(|wanted| wanted.write(report).err()).collect::<Vec<_>>();
        if troubles.is_empty() { Ok(()) } else { Err(troubles.join("\n")) }
    }

    /// What the flag says that it is.
    pub(super) fn argument(&self) -> &str {
        &self.argument
    }

    /// The text that is written.
    pub(super) fn render(&self, report: &Report) -> Result<String, Unusable> {
        self.form.render(report).map_err(|error| format!("--report {}: {error}", self.argument))
    }

    fn write(&self, report: &Report) -> Result<(), Unusable> {
        let rendered = self.render(report)?;
        let written = match &self.place {
            Place::StandardOutput => return write_stdout(&rendered),
            Place::File(path) => replace(path, rendered.as_bytes()),
            Place::Device(path) => fs::write(path, rendered),
        };
        written.map_err(|error| format!("--report {}: {error}", self.argument))
    }
}

/// Where a path leads, once it was seen that something can be written there.
fn place_of(path: &Path) -> Result<Place, String> {
    match fs::metadata(path) {
        Ok(found) if found.is_dir() => return Err("it is a folder, and a file was expected".to_owned()),
        Ok(found) if !found.is_file() => return Ok(Place::Device(path.to_owned())),
        _ => {}
    }
    let folder = match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    let named = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => format!("there is no folder {}", folder.display()),
        _ => format!("nothing can be written to the folder {}: {error}", folder.display()),
    };
    // A link is followed: what it leads to is replaced, and not the link.
    let whole = match fs::canonicalize(path) {
        Ok(whole) => whole,
        Err(_) => fs::canonicalize(folder).map_err(named)?.join(path.file_name().unwrap_or(path.as_os_str())),
    };
    beside(&whole).map_err(named)?;
    Ok(Place::File(whole))
}

/// Puts a file in the place of another in one step: whoever reads it has the one or the other, and never half of it.
pub(super) fn replace(path: &Path, text: &[u8]) -> io::Result<()> {
    let mut new = beside(path)?;
    new.write_all(text)?;
    new.persist(path)?;
    Ok(())
}

fn beside(path: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".probity-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        // As any new file: the process's mask takes from it what it takes.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    let folder = path.parent().filter(|folder| *folder != Path::new(""));
    builder.tempfile_in(folder.unwrap_or(Path::new(".")))
}
