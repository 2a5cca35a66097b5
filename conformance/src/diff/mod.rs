//! Two runs held against each other: what an upgrade made worse, what it mended, and what it does otherwise where the
//! documents leave it open.

mod markdown;
mod noise;
mod read;
mod text;

pub use read::{Unreadable, read};

use crate::verdict::Verdict;
use noise::stable;
use read::{Case, Finding, Report};
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt;

/// The form of a difference as JSON, which only ever gains members.
pub const SCHEMA: &str = "probity.diff/1";

/// What differs between two runs.
#[derive(Debug, Serialize)]
pub struct Diff {
    /// [`SCHEMA`].
    pub schema: &'static str,
    /// The first run.
    pub before: Side,
    /// The second run.
    pub after: Side,
    /// The cases that came to something else, the worse ones first.
    pub cases: Vec<CaseChange>,
    /// What both runs observed of an open requirement, where it differs. It is neither better nor worse.
    pub observations: Vec<ObservationChange>,
    /// How many cases changed how.
    pub summary: BTreeMap<Change, usize>,
}

/// One of the two runs.
#[derive(Debug, Serialize)]
pub struct Side {
    /// The report's file.
    pub file: String,
    /// What was aimed at: `umami at https://analytics.example.com`.
    pub targets: Vec<String>,
    /// When the run began.
    pub started: String,
    /// The suite's version.
    pub version: String,
    /// The run's exit code.
    pub exit: u8,
}

/// How a case changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Change {
    /// Something departs that did not, or was not seen to.
    Worse,
    /// Something departs no more.
    Better,
    /// The same departs in another way.
    Changed,
    /// Only the second run looked at it, and nothing departs.
    New,
    /// Only the first run looked at it.
    Gone,
}

/// A case that came to something else.
#[derive(Debug, Serialize)]
pub struct CaseChange {
    /// How it changed.
    pub change: Change,
    /// Its id.
    pub id: String,
    /// What it does, in a sentence.
    pub says: String,
    /// What it came to in the first run; null where that run did not have it.
    pub before: Option<Verdict>,
    /// What it came to in the second run; null where that run did not have it.
    pub after: Option<Verdict>,
    /// Why it was not looked at, or could not be told, in the run that is to blame.
    pub reason: Option<String>,
    /// What departs now and did not, or no more, or in another way.
    pub findings: Vec<FindingChange>,
}

/// A requirement that a case departs from in one of the runs, or otherwise in the other.
#[derive(Debug, Serialize)]
pub struct FindingChange {
    /// The requirement.
    pub requirement: String,
    /// Its level.
    pub level: String,
    /// What was expected.
    pub expected: String,
    /// What came in the first run; null where nothing departed.
    pub before: Option<String>,
    /// What came in the second run; null where nothing departs.
    pub after: Option<String>,
}

/// What is done otherwise about an open requirement.
#[derive(Debug, Serialize)]
pub struct ObservationChange {
    /// The requirement.
    pub requirement: String,
    /// What it asks.
    pub question: String,
    /// What only the first run saw.
    pub before: Vec<String>,
    /// What only the second run saw.
    pub after: Vec<String>,
}

/// In which form a difference is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Form {
    /// For people, in a terminal
    Text,
    /// For programs
    Json,
    /// For a CI job's summary, or a comment
    Markdown,
}

impl Diff {
    /// Holds two reports against each other.
    ///
    /// # Errors
    /// [`Incomparable`] when they have no case in common.
    pub fn between(before: &Report, after: &Report) -> Result<Self, Incomparable> {
        let of_before: BTreeMap<&str, &Case> = before.cases.iter().map(|case| (case.id.as_str(), case)).collect();
        let of_after: BTreeMap<&str, &Case> = after.cases.iter().map(|case| (case.id.as_str(), case)).collect();
        if !of_before.keys().any(|id| of_after.contains_key(id)) {
            return Err(Incomparable { before: before.aimed_at(), after: after.aimed_at() });
        }
        // The order is that of the second report; what it has no more comes last.
        let pairs = after.cases.iter().map(|case| (of_before.get(case.id.as_str()).copied(), Some(case)));
        let gone = before.cases.iter().filter(|case| !of_after.contains_key(case.id.as_str()));
        let pairs = pairs.chain(gone.map(|case| (Some(case), None)));
        let mut cases: Vec<CaseChange> = pairs.filter_map(|(before, after)| of_case(before, after)).collect();
        cases.sort_by_key(|case| case.change);
        let mut summary: BTreeMap<Change, usize> = Change::ALL.map(|change| (change, 0)).into();
        for case in &cases {
            *summary.entry(case.change).or_default() += 1;
        }
        let observations = of_observations(before, after);
        Ok(Self { schema: SCHEMA, before: side(before), after: side(after), cases, observations, summary })
    }

    /// Whether something got worse.
    pub fn is_worse(&self) -> bool {
        self.count(Change::Worse) > 0
    }

    /// How many cases changed so.
    pub fn count(&self, change: Change) -> usize {
        self.summary.get(&change).copied().unwrap_or_default()
    }

    /// The cases that changed so.
    pub fn cases_that(&self, change: Change) -> impl Iterator<Item = &CaseChange> {
        self.cases.iter().filter(move |case| case.change == change)
    }

    /// The difference in a form.
    ///
    /// # Errors
    /// When JSON refuses it.
    pub fn render(&self, form: Form) -> Result<String, serde_json::Error> {
        match form {
            Form::Text => Ok(text::render(self)),
            Form::Json => Ok(serde_json::to_string_pretty(self)? + "\n"),
            Form::Markdown => Ok(markdown::render(self)),
        }
    }
}

impl Change {
    /// All of them, in the order in which they are told.
    pub const ALL: [Change; 5] = [Change::Worse, Change::Better, Change::Changed, Change::New, Change::Gone];

    /// What stands above the cases that changed so.
    pub const fn title(self) -> &'static str {
        match self {
            Change::Worse => "Worse",
            Change::Better => "Better",
            Change::Changed => "Departs in another way",
            Change::New => "Looked at by the second run alone",
            Change::Gone => "Looked at by the first run alone",
        }
    }

    /// The word for a count.
    pub const fn as_str(self) -> &'static str {
        match self {
            Change::Worse => "worse",
            Change::Better => "better",
            Change::Changed => "changed",
            Change::New => "new",
            Change::Gone => "gone",
        }
    }
}

impl CaseChange {
    /// From what it came to what: `pass → fail`.
    fn verdicts(&self) -> String {
        let word = |verdict: Option<Verdict>| verdict.map_or("absent", Verdict::as_str);
        match (self.before, self.after) {
            (before, after) if before == after => word(after).to_owned(),
            (before, after) => format!("{} → {}", word(before), word(after)),
        }
    }
}

/// What came of a finding's requirement in the first run, and in the second.
fn actuals(case: &CaseChange, finding: &FindingChange) -> [String; 2] {
    let otherwise = |verdict: Option<Verdict>| match verdict {
        None | Some(Verdict::Skip) => "not looked at",
        Some(Verdict::Inconclusive) => "could not be told",
        Some(_) => "as expected",
    };
    let actual = |actual: &Option<String>, verdict| actual.clone().unwrap_or_else(|| otherwise(verdict).to_owned());
    [actual(&finding.before, case.before), actual(&finding.after, case.after)]
}

/// Two reports of which nothing can be held against each other.
#[derive(Debug, thiserror::Error)]
#[error("the two reports have no case in common: the first is of {before}, the second of {after}")]
pub struct Incomparable {
    before: String,
    after: String,
}

fn side(report: &Report) -> Side {
    Side {
        file: report.file.clone(),
        targets: report.targets.iter().map(ToString::to_string).collect(),
        started: report.run.started.clone(),
        version: report.run.version.clone(),
        exit: report.run.exit,
    }
}

/// How much a verdict weighs here. What is known departs no more and no less than what is only advised against.
fn weight(case: Option<&Case>) -> Option<u8> {
    match case?.verdict {
        Verdict::Skip => None,
        Verdict::Pass => Some(0),
        Verdict::Warn | Verdict::Known => Some(1),
        Verdict::Inconclusive => Some(2),
        Verdict::Fail => Some(3),
    }
}

fn of_case(before: Option<&Case>, after: Option<&Case>) -> Option<CaseChange> {
    let findings = of_findings(before, after);
    let appeared = findings.iter().any(|finding| finding.before.is_none());
    let mended = findings.iter().any(|finding| finding.after.is_none());
    let change = match (weight(before), weight(after)) {
        (None, None) => return None,
        (Some(_), None) => Change::Gone,
        (None, Some(0)) => Change::New,
        (None, Some(_)) => Change::Worse,
        (Some(old), Some(new)) if new > old => Change::Worse,
        (Some(old), Some(new)) if new < old => Change::Better,
        _ if appeared => Change::Worse,
        _ if mended => Change::Better,
        _ if !findings.is_empty() || before.map(|case| case.verdict) != after.map(|case| case.verdict) => {
            Change::Changed
        }
        _ => return None,
    };
    let case = after.or(before)?;
    let to_blame = if change == Change::New { before } else { after };
    Some(CaseChange {
        change,
        id: case.id.clone(),
        says: case.says.clone(),
        before: before.map(|case| case.verdict),
        after: after.map(|case| case.verdict),
        reason: to_blame.and_then(Case::reason),
        findings: if change == Change::Gone { Vec::new() } else { findings },
    })
}

/// The findings that only one of the runs has, or that tell something else.
fn of_findings(before: Option<&Case>, after: Option<&Case>) -> Vec<FindingChange> {
    let of = |case: Option<&'_ Case>| case.map(|case| case.findings.as_slice()).unwrap_or_default().to_vec();
    let (old, new) = (of(before), of(after));
    let same = |one: &Finding, other: &Finding| one.requirement == other.requirement;
    let change = |finding: &Finding, before: Option<&Finding>, after: Option<&Finding>| FindingChange {
        requirement: finding.requirement.clone(),
        level: finding.level.clone(),
        expected: finding.expected.clone(),
        before: before.map(|finding| finding.actual.clone()),
        after: after.map(|finding| finding.actual.clone()),
    };
    let now = new.iter().filter_map(|finding| match old.iter().find(|other| same(finding, other)) {
        Some(other) if stable(&other.actual) == stable(&finding.actual) => None,
        other => Some(change(finding, other, Some(finding))),
    });
    let mended = old.iter().filter(|finding| !new.iter().any(|other| same(finding, other)));
    now.chain(mended.map(|finding| change(finding, Some(finding), None))).collect()
}

fn of_observations(before: &Report, after: &Report) -> Vec<ObservationChange> {
    let (old, new) = (before.observed(), after.observed());
    let mut changes = Vec::new();
    for (requirement, observed) in &new {
        let Some(earlier) = old.get(requirement) else { continue };
        let only = |these: &[&str], those: &[&str]| -> Vec<String> {
            let those: Vec<String> = those.iter().map(|value| stable(value)).collect();
            these.iter().filter(|value| !those.contains(&stable(value))).map(|value| (*value).to_owned()).collect()
        };
        let change = ObservationChange {
            requirement: (*requirement).to_owned(),
            question: observed.question.to_owned(),
            before: only(&earlier.values, &observed.values),
            after: only(&observed.values, &earlier.values),
        };
        if !change.before.is_empty() || !change.after.is_empty() {
            changes.push(change);
        }
    }
    changes
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
