//! Decides what a case's outcome means, and what a whole run's exit code is. Nothing else decides either.

use crate::engine::Outcome;
use crate::known::{Known, Listed};
use crate::run::Stop;
use probity_fixtures::{Level, Requirement};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What a case came to, by weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// It was not played.
    Skip,
    /// All that it asserts holds.
    Pass,
    /// A `should` or a `sound` departs.
    Warn,
    /// All that departs is on a known list.
    Known,
    /// The control did not hold, or no complete response came.
    Inconclusive,
    /// A `must` departs.
    Fail,
}

impl Verdict {
    /// All of them, by weight.
    pub const ALL: [Verdict; 6] =
        [Verdict::Skip, Verdict::Pass, Verdict::Warn, Verdict::Known, Verdict::Inconclusive, Verdict::Fail];

    /// The word used in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Verdict::Skip => "skip",
            Verdict::Pass => "pass",
            Verdict::Warn => "warn",
            Verdict::Known => "known",
            Verdict::Inconclusive => "inconclusive",
            Verdict::Fail => "fail",
        }
    }

    /// The sign that stands before a case in reports.
    pub const fn sign(self) -> &'static str {
        match self {
            Verdict::Skip => "-",
            Verdict::Pass => "✓",
            Verdict::Warn => "!",
            Verdict::Known => "≈",
            Verdict::Inconclusive => "?",
            Verdict::Fail => "✗",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The verdict of a case, by what it departs from and how it ended.
pub fn of_case(outcome: &Outcome, departed: &[(&'static Requirement, &str)], known: &Known) -> Verdict {
    let case = outcome.case.id.as_ref();
    let of_findings = departed.iter().map(|(requirement, actual)| of_finding(requirement, case, actual, known));
    let of_end = match &outcome.stop {
        _ if outcome.suite_error.is_some() => Some(Verdict::Inconclusive),
        None => None,
        Some(Stop::Skip(_)) => Some(Verdict::Skip),
        Some(Stop::Inconclusive { rests_on: Some(requirement), .. })
            if matches!(known.listed(requirement, case, None), Listed::Known(_)) =>
        {
            Some(Verdict::Known)
        }
        Some(Stop::Inconclusive { .. }) => Some(Verdict::Inconclusive),
    };
    let all = of_findings.chain(of_end);
    // What is not listed decides; only where all is listed the case is `known`.
    let unlisted = all.clone().filter(|verdict| !matches!(verdict, Verdict::Known | Verdict::Skip)).max();
    unlisted.or_else(|| all.max()).unwrap_or(Verdict::Pass)
}

/// What one departure weighs; `actual` is how it departs, as the report tells it.
pub fn of_finding(requirement: &Requirement, case: &str, actual: &str, known: &Known) -> Verdict {
    match (known.listed(requirement, case, Some(actual)), requirement.level) {
        (Listed::Known(_), _) => Verdict::Known,
        // Whoever pinned how it departs wants to know when that changes.
        (Listed::Otherwise, _) | (Listed::No, Level::Must) => Verdict::Fail,
        (Listed::No, Level::Should | Level::Sound) => Verdict::Warn,
        (Listed::No, Level::Open) => Verdict::Pass,
    }
}

/// How the program ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// 0: all that was looked at conforms.
    Conforms,
    /// 1: something departs, or a known list is stale.
    Departs,
    /// 2: wrong usage, a wrong configuration, or an error of the suite.
    Unusable,
    /// 3: the run proves nothing, or not enough.
    Incomplete,
    /// 4: a secret would have been written, or something that was created could not be removed.
    Unsafe,
}

impl Exit {
    /// The process's exit code.
    pub const fn code(self) -> u8 {
        match self {
            Exit::Conforms => 0,
            Exit::Departs => 1,
            Exit::Unusable => 2,
            Exit::Incomplete => 3,
            Exit::Unsafe => 4,
        }
    }
}

/// What a run came to, as far as its exit depends on it.
#[derive(Debug, Default, Clone, Copy)]
pub struct Tally {
    /// Something that was created could not be removed.
    pub left_behind: bool,
    /// The suite itself failed.
    pub suite_failed: bool,
    /// A known entry is stale, has expired, or stands twice.
    pub stale: bool,
    /// Some case failed.
    pub failed: bool,
    /// Some case warned.
    pub warned: bool,
    /// Some case was inconclusive, or the run was interrupted.
    pub inconclusive: bool,
    /// Some case passed, or showed what is known or only advised against.
    pub proved: bool,
}

/// The exit of a run; with `strict`, a warning is a departure.
pub fn exit(tally: Tally, strict: bool) -> Exit {
    match tally {
        Tally { left_behind: true, .. } => Exit::Unsafe,
        Tally { suite_failed: true, .. } => Exit::Unusable,
        Tally { failed: true, .. } | Tally { stale: true, .. } => Exit::Departs,
        Tally { warned: true, .. } if strict => Exit::Departs,
        Tally { inconclusive: true, .. } | Tally { proved: false, .. } => Exit::Incomplete,
        _ => Exit::Conforms,
    }
}
