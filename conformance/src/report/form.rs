//! The forms in which a report can be had as a file.

use super::{Report, html, junit, markdown};
use std::fmt;

/// A form of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// For programs; `report.schema.json` describes it.
    Json,
    /// For CI systems that list tests.
    Junit,
    /// For people, in a browser: one page, by itself.
    Html,
    /// For a CI job's summary, or a comment.
    Markdown,
}

/// Why a report could not be brought into a form.
#[derive(Debug, thiserror::Error)]
#[error("the report cannot be written as {form}: {reason}")]
pub struct Unrenderable {
    form: Form,
    reason: String,
}

impl Form {
    /// All of them.
    pub const ALL: [Form; 4] = [Form::Json, Form::Junit, Form::Html, Form::Markdown];

    /// The word that names it on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Form::Json => "json",
            Form::Junit => "junit",
            Form::Html => "html",
            Form::Markdown => "markdown",
        }
    }

    /// The report in this form.
    ///
    /// # Errors
    /// [`Unrenderable`] when a library that writes the form refuses the report.
    pub fn render(self, report: &Report) -> Result<String, Unrenderable> {
        let trouble = |reason: &dyn fmt::Display| Unrenderable { form: self, reason: reason.to_string() };
        match self {
            Form::Json => {
                let json = serde_json::to_string_pretty(report).map_err(|error| trouble(&error))?;
                Ok(json + "\n")
            }
            Form::Junit => junit::render(report).map_err(|error| trouble(&error)),
            Form::Html => Ok(html::render(report)),
            Form::Markdown => Ok(markdown::render(report)),
        }
    }
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
