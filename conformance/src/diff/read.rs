//! A JSON report as it is read back: only what a difference needs, so that reports of other versions can be read too.

use crate::verdict::Verdict;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

/// A report that was written earlier.
#[derive(Debug, Deserialize)]
pub struct Report {
    #[serde(skip)]
    pub(super) file: String,
    pub(super) run: Run,
    pub(super) targets: Vec<Target>,
    pub(super) cases: Vec<Case>,
    #[serde(default)]
    observations: Vec<Observation>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Run {
    pub(super) version: String,
    pub(super) started: String,
    pub(super) exit: u8,
}

#[derive(Debug, Deserialize)]
pub(super) struct Target {
    api: String,
    url: Option<String>,
    release: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Case {
    pub(super) id: String,
    #[serde(default)]
    pub(super) says: String,
    pub(super) verdict: Verdict,
    #[serde(default)]
    pub(super) findings: Vec<Finding>,
    skip: Option<String>,
    inconclusive: Option<Inconclusive>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Finding {
    pub(super) requirement: String,
    pub(super) level: String,
    pub(super) expected: String,
    pub(super) actual: String,
}

#[derive(Debug, Deserialize)]
struct Inconclusive {
    reason: String,
}

#[derive(Debug, Deserialize)]
struct Observation {
    requirement: String,
    #[serde(default)]
    question: String,
    value: String,
}

/// What a run saw of one open requirement.
#[derive(Debug, Default)]
pub(super) struct Observed<'a> {
    pub(super) question: &'a str,
    pub(super) values: Vec<&'a str>,
}

/// Why a file is no report.
#[derive(Debug, thiserror::Error)]
#[error("{file}: {what}")]
pub struct Unreadable {
    file: String,
    what: String,
}

const EXPECTED: &str = "a report that `probity --report json=FILE` wrote was expected";

/// Reads a JSON report.
///
/// # Errors
/// [`Unreadable`] when the file cannot be read, or is not what `--report json=FILE` wrote.
pub fn read(path: &Path) -> Result<Report, Unreadable> {
    let file = path.display().to_string();
    let text = std::fs::read_to_string(path)
        .map_err(|error| Unreadable { file: file.clone(), what: format!("it cannot be read: {error}; {EXPECTED}") })?;
    report_of(file, &text)
}

fn report_of(file: String, text: &str) -> Result<Report, Unreadable> {
    let trouble = |what: String| Unreadable { file: file.clone(), what };
    #[derive(Deserialize)]
    struct Head {
        schema: Option<String>,
    }
    // A file of another kind is better told by what it is than by the first member that it lacks.
    let head: Head = serde_json::from_str(text).map_err(|error| trouble(format!("{error}; {EXPECTED}")))?;
    match head.schema.as_deref() {
        Some(crate::report::SCHEMA) => {}
        Some(other) => {
            return Err(trouble(format!("its `schema` is {other}, and {} was expected", crate::report::SCHEMA)));
        }
        None => return Err(trouble(format!("it has no `schema`; {EXPECTED}"))),
    }
    let report: Report = serde_json::from_str(text).map_err(|error| trouble(format!("{error}; {EXPECTED}")))?;
    Ok(Report { file, ..report })
}

impl Report {
    /// What it is of, in words.
    pub(super) fn aimed_at(&self) -> String {
        match self.targets.iter().map(ToString::to_string).collect::<Vec<_>>() {
            targets if targets.is_empty() => "nothing".to_owned(),
            targets => targets.join(", "),
        }
    }

    /// What was observed, by requirement.
    pub(super) fn observed(&self) -> BTreeMap<&str, Observed<'_>> {
        let mut observed: BTreeMap<&str, Observed<'_>> = BTreeMap::new();
        for Observation { requirement, question, value } in &self.observations {
            let of_one = observed.entry(requirement).or_default();
            of_one.question = question;
            of_one.values.push(value);
        }
        observed
    }
}

impl Case {
    /// Why it was skipped, or is inconclusive.
    pub(super) fn reason(&self) -> Option<String> {
        self.skip.clone().or_else(|| self.inconclusive.as_ref().map(|inconclusive| inconclusive.reason.clone()))
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}", self.api, crate::report::place(self.url.as_deref(), self.release.as_deref()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const REPORT: &str = r#"{"schema": "probity.report/1", "run": {"version": "0.1.0", "started": "2026-11-25T12:00:00Z", "exit": 1},
        "targets": [{"api": "umami", "url": null, "release": null}],
        "cases": [{"id": "umami.login.shape", "verdict": "fail", "skip": null, "inconclusive": {"reason": "none"}, "findings":
            [{"requirement": "umami.login.returns-token", "level": "must", "expected": "a token", "actual": "none"}]}]}"#;

    #[test]
    fn a_report_is_read() {
        assert_eq!(report_of("report.json".to_owned(), REPORT).expect("a report").cases.len(), 1);
    }

    proptest! {
        #[test]
        fn whatever_a_file_holds_it_is_a_report_or_said_not_to_be_one(
            at in 0..REPORT.len(), cut in 0..40_usize, put in prop_oneof!["", "[\\[\\]{}:,\"0-9ae-]{0,6}", "\\PC{0,6}"],
        ) {
            let text = format!("{}{put}{}", &REPORT[..at], &REPORT[(at + cut).min(REPORT.len())..]);
            match report_of("report.json".to_owned(), &text) {
                // Whatever is left of it can be told.
                Ok(report) => prop_assert!(!report.aimed_at().is_empty() && report.observed().is_empty()),
                Err(error) => prop_assert!(error.to_string().starts_with("report.json: "), "{}", error),
            }
        }
    }
}
