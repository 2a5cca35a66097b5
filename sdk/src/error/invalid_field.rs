//! Fields that no server takes.

use std::error::Error as StdError;
use std::fmt;

use super::Printable;

/// A field of what was to be sent that servers refuse, or fail at. Nothing has been sent.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct InvalidField {
    /// The way to the field: `payload.name`, `payload.data.plan`, `2.payload.name` in the third of a batch.
    pub field: String,
    /// What is wrong with it.
    pub problem: FieldProblem,
}

/// What is wrong with a field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FieldProblem {
    /// It holds nothing, and must.
    #[error("is empty")]
    Empty,
    /// It is longer than servers take.
    #[error("is {length} {unit} long, and servers take {most}")]
    TooLong {
        /// How long it is.
        length: usize,
        /// How long it may be.
        most: usize,
        /// What both are counted in.
        unit: LengthUnit,
    },
    /// It is shorter than servers take. How long it is is not told: it may be a password.
    #[error("is shorter than the {least} {unit} that servers want")]
    TooShort {
        /// How long it must be.
        least: usize,
        /// What that is counted in.
        unit: LengthUnit,
    },
    /// It is a code that is not of so many digits.
    #[error("is not {count} digits")]
    NotDigits {
        /// Of how many digits a code is.
        count: usize,
    },
    /// It is 0, where servers count from 1.
    #[error("is 0, and servers count from 1")]
    Zero,
    /// It is more than servers take.
    #[error("is more than the {most} that servers take")]
    TooMany {
        /// The most that they take.
        most: u32,
    },
    /// It is set by name, and has a method of its own, by which it gets the form that servers take.
    #[error("has a method of its own, which sets it in the form that servers take")]
    HasItsOwnMethod,
    /// It has a colon, where what comes next begins.
    #[error("has a colon, which is taken for its end")]
    Colon,
    /// It has a control character, such as the line end that was read along with it.
    #[error("has a control character: was a line end read along with it?")]
    Control,
    /// It is a number that is too far from zero.
    #[error("is a number of 1e15 or more, which servers cannot store")]
    TooLarge,
    /// It has a character U+0000.
    #[error("has a character U+0000, which servers cannot store")]
    Nul,
    /// It is no name of a host.
    #[error("is no host name")]
    NotAHost,
    /// It begins as a URL and is none.
    #[error("is no URL")]
    NotAUrl,
    /// It is `unknown`, where servers want to know.
    #[error("is `unknown`, which servers refuse")]
    Unknown,
    /// It is infinite, or not a number.
    #[error("is infinite, or not a number, which JSON cannot tell")]
    NotFinite,
    /// It is a moment that servers cannot be told.
    #[error("is before 1970")]
    Before1970,
    /// It is a moment whose date has more than four digits for the year.
    #[error("is after the year 9999")]
    After9999,
    /// It is JSON, but no object.
    #[error("is no JSON object: hand over a map, or a struct with named fields")]
    NotAnObject,
    /// It cannot be written as JSON, for this reason.
    #[error("cannot be written as JSON: {0}")]
    NotJson(String),
}

/// What servers count a text in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum LengthUnit {
    /// As JavaScript does: a character beyond U+FFFF, such as an emoji, counts as two.
    Utf16,
    /// As databases do: Unicode code points.
    Characters,
}

impl LengthUnit {
    /// How long the text is.
    pub fn count(self, text: &str) -> usize {
        match self {
            LengthUnit::Utf16 => text.encode_utf16().count(),
            LengthUnit::Characters => text.chars().count(),
        }
    }
}

impl fmt::Display for LengthUnit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            LengthUnit::Utf16 => "UTF-16 units",
            LengthUnit::Characters => "characters",
        })
    }
}

impl InvalidField {
    /// That field, and what is wrong with it.
    pub fn new(field: impl Into<String>, problem: FieldProblem) -> Self {
        Self { field: field.into(), problem }
    }

    /// Refuses a text that is longer than servers take.
    ///
    /// # Errors
    /// [`FieldProblem::TooLong`] when it has more than `most` of the `unit`.
    pub fn if_longer(field: &str, text: &str, most: usize, unit: LengthUnit) -> Result<(), Self> {
        // No unit counts more of them than there are bytes.
        if text.len() <= most {
            return Ok(());
        }
        match unit.count(text) {
            length if length > most => Err(Self::new(field, FieldProblem::TooLong { length, most, unit })),
            _ => Ok(()),
        }
    }

    /// Refuses a text that holds nothing.
    ///
    /// # Errors
    /// [`FieldProblem::Empty`] when it is empty.
    pub fn if_empty(field: &str, text: &str) -> Result<(), Self> {
        if text.is_empty() { Err(Self::new(field, FieldProblem::Empty)) } else { Ok(()) }
    }

    /// The same, as part of something larger: `name` within `payload` is `payload.name`.
    pub fn within(self, whole: impl fmt::Display) -> Self {
        Self { field: format!("{whole}.{}", self.field), ..self }
    }
}

impl fmt::Display for InvalidField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` {}", Printable(&self.field), self.problem)
    }
}

impl StdError for InvalidField {}
