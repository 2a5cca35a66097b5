//! From what was played to what is reported: masks, judges, joins.

mod case;
mod decoding;
mod known;
mod requirement;

use super::{CaseReport, Report, RequirementSummary, RunReport, SCHEMA, Summary, TargetReport};
use crate::diagnosis;
use crate::engine::Outcome;
use crate::known::Known;
use crate::plan::Aim;
use crate::trace::trace;
use crate::verdict::{self, Tally, Verdict};
use case::case_report;
use decoding::decodings;
use known::known_reports;
use probity_fixtures::Api;
use requirement::{coverage_errors, exercised, observations, requirement_reports};
use std::time::{Duration, SystemTime};

/// What is to be said of a run besides its outcomes.
#[derive(Clone)]
pub struct Run {
    /// Its id, which the names of what it created hold.
    pub id: String,
    /// It was interrupted before it was done.
    pub interrupted: bool,
    /// Where it is written down what could not be removed.
    pub ledger: Option<String>,
    /// What random texts were made from.
    pub seed: u64,
    /// When it began.
    pub started: SystemTime,
    /// How long it took.
    pub took: Duration,
    /// The command line.
    pub command: String,
    /// The releases that the embedded servers behave as.
    pub releases: Vec<&'static str>,
    /// A warning is a departure.
    pub strict: bool,
    /// Every exchange is kept, not only those that findings show.
    pub with_exchanges: bool,
    /// The responses came as the target gave them: no deviation, no alteration, and the server is our own.
    pub undeviated: bool,
}

/// What the SDK cannot decode although the document gives it and it meets every `must`: errors of the suite.
pub(crate) fn undecodable(outcomes: &[Outcome]) -> Vec<String> {
    let mut errors = Vec::new();
    decodings(outcomes, &mut errors);
    errors
}

/// Judges the outcomes of a run and makes the report of them.
pub fn assemble(run: Run, aims: &[&Aim], outcomes: &[Outcome], known: &Known) -> Report {
    let apis: Vec<&'static Api> = aims.iter().map(|aim| aim.suite().api).collect();
    let mut errors: Vec<String> = outcomes.iter().filter_map(suite_error).collect();
    let mut cases: Vec<CaseReport> =
        outcomes.iter().map(|outcome| case_report(outcome, outcomes, known, run.with_exchanges)).collect();
    let place = |case: &CaseReport| {
        let api = apis.iter().position(|api| api.name == case.api);
        let order =
            |api: usize| apis[api].requirements.iter().position(|requirement| requirement.section == case.section);
        (api, api.and_then(order))
    };
    cases.sort_by_key(place);
    let traced = aims.iter().map(|aim| trace(aim.suite())).collect::<Result<Vec<_>, _>>();
    let traced = traced.unwrap_or_else(|trouble| {
        errors.push(trouble);
        Vec::new()
    });
    let requirements = requirement_reports(traced.concat(), outcomes, &cases, known);
    let entries = known_reports(aims, known, outcomes, &cases);
    let sdk = decodings(outcomes, &mut errors);
    if run.undeviated {
        errors.extend(outcomes.iter().flat_map(coverage_errors));
    }
    let mut summary = Summary::default();
    for case in &cases {
        *match case.verdict {
            Verdict::Skip => &mut summary.skip,
            Verdict::Pass => &mut summary.pass,
            Verdict::Warn => &mut summary.warn,
            Verdict::Known => &mut summary.known,
            Verdict::Inconclusive => &mut summary.inconclusive,
            Verdict::Fail => &mut summary.fail,
        } += 1;
    }
    summary.requirements = RequirementSummary {
        total: requirements.len(),
        exercised: exercised(outcomes).len(),
        untestable: requirements.iter().filter(|requirement| requirement.untestable.is_some()).count(),
    };
    let unlisted_warning = cases.iter().flat_map(|case| &case.findings).any(|f| f.known.is_none() && f.level != "must");
    let leftovers: Vec<String> = outcomes.iter().flat_map(|outcome| left(outcome, &outcome.leftovers)).collect();
    let tally = Tally {
        left_behind: !leftovers.is_empty(),
        suite_failed: !errors.is_empty(),
        stale: entries.iter().any(|entry| entry.state.is_wrong()),
        failed: summary.fail > 0,
        warned: unlisted_warning,
        inconclusive: summary.inconclusive > 0 || run.interrupted,
        proved: summary.pass + summary.warn + summary.known > 0,
    };
    let exit = verdict::exit(tally, run.strict).code();
    Report {
        schema: SCHEMA,
        run: RunReport {
            version: env!("CARGO_PKG_VERSION"),
            id: run.id,
            seed: run.seed,
            started: humantime::format_rfc3339_millis(run.started).to_string(),
            millis: millis(run.took),
            exit,
            command: run.command,
            interrupted: run.interrupted,
            ledger: run.ledger,
            hint: diagnosis::hint(&apis, outcomes, &cases),
        },
        targets: aims.iter().map(|aim| target_report(aim, &run.releases)).collect(),
        observations: observations(&apis, outcomes),
        cases,
        requirements,
        known: entries,
        sdk,
        leftovers,
        left_on_purpose: outcomes.iter().flat_map(|outcome| left(outcome, &outcome.left_on_purpose)).collect(),
        errors,
        summary,
    }
}

/// What is left on a deployment; an embedded server is gone, and all that was on it.
fn left(outcome: &Outcome, what: &[String]) -> Vec<String> {
    match &*outcome.aim {
        Aim::Embedded { .. } => Vec::new(),
        Aim::External(_) => what.iter().map(|what| outcome.secrets.mask(what)).collect(),
    }
}

fn suite_error(outcome: &Outcome) -> Option<String> {
    outcome.suite_error.as_ref().map(|error| outcome.secrets.mask_briefly(error))
}

fn target_report(aim: &Aim, releases: &[&'static str]) -> TargetReport {
    let api = aim.suite().api.name;
    let release = releases.iter().copied().find(|release| aim.suite().api.release(release).is_some());
    match aim {
        Aim::Embedded { .. } => TargetReport { api, url: None, release },
        Aim::External(target) => {
            let url = target.secrets().mask(target.url.as_str());
            TargetReport { api, url: Some(url), release: None }
        }
    }
}

fn millis(duration: Duration) -> u64 {
    duration.as_millis().try_into().unwrap_or(u64::MAX)
}
