//! From what was played to what is reported: masks, judges, joins.

use super::*;
use crate::curl;
use crate::diagnosis;
use crate::engine::Outcome;
use crate::exchange::{Exchange, Purpose};
use crate::known::Known;
use crate::plan::Aim;
use crate::run::Stop;
use crate::secrets::Secrets;
use crate::verdict::{self, Tally};
use http::HeaderMap;
use probity_fixtures::{Api, Level, Operation, Requirement};
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, SystemTime};

/// What is to be said of a run besides its outcomes.
pub struct Run {
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
    let requirements = requirement_reports(&apis, outcomes, &cases);
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
    let leftovers: Vec<String> = outcomes.iter().flat_map(leftovers).collect();
    let tally = Tally {
        left_behind: !leftovers.is_empty(),
        suite_failed: !errors.is_empty(),
        stale: entries.iter().any(|entry| entry.state == KnownState::Stale),
        failed: summary.fail > 0,
        warned: unlisted_warning,
        inconclusive: summary.inconclusive > 0,
        proved: summary.pass + summary.warn + summary.known > 0,
    };
    let exit = verdict::exit(tally, run.strict).code();
    Report {
        schema: SCHEMA,
        run: RunReport {
            version: env!("CARGO_PKG_VERSION"),
            seed: run.seed,
            started: humantime::format_rfc3339_millis(run.started).to_string(),
            millis: millis(run.took),
            exit,
            command: run.command,
            hint: diagnosis::hint(&apis, outcomes, &cases),
        },
        targets: aims.iter().map(|aim| target_report(aim, &run.releases)).collect(),
        observations: observations(&apis, outcomes),
        cases,
        requirements,
        known: entries,
        sdk,
        leftovers,
        errors,
        summary,
    }
}

/// What is left on a deployment; an embedded server is gone, and all that was on it.
fn leftovers(outcome: &Outcome) -> Vec<String> {
    match &*outcome.aim {
        Aim::Embedded { .. } => Vec::new(),
        Aim::External(_) => outcome.leftovers.iter().map(|leftover| outcome.secrets.mask(leftover)).collect(),
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

// ── cases ─────────────────────────────────────────────────────────────────────────────────────────────────────────

fn case_report(outcome: &Outcome, all: &[Outcome], known: &Known, with_exchanges: bool) -> CaseReport {
    let findings = findings(outcome, all, known);
    let departed: Vec<&'static Requirement> = findings.iter().map(|(requirement, _)| *requirement).collect();
    let skip = match &outcome.stop {
        Some(Stop::Skip(reason)) => Some(outcome.secrets.mask_briefly(reason)),
        _ => None,
    };
    let inconclusive = match &outcome.stop {
        Some(Stop::Inconclusive { reason, rests_on }) => Some(Inconclusive {
            reason: outcome.secrets.mask_briefly(reason),
            rests_on: rests_on.map(|requirement| requirement.id),
            exchange: outcome.exchanges.last().map(|exchange| exchange_report(exchange, &outcome.secrets)),
        }),
        _ => None,
    };
    CaseReport {
        id: outcome.case.id.to_string(),
        api: outcome.aim.suite().api.name,
        section: outcome.case.section(),
        says: outcome.case.says.to_string(),
        verdict: verdict::of_case(outcome, &departed, known),
        requirements: outcome.case.requirements.iter().map(|requirement| requirement.id).collect(),
        findings: findings.into_iter().map(|(_, finding)| finding).collect(),
        skip,
        inconclusive,
        millis: millis(outcome.took),
        exchanges: match with_exchanges {
            true => outcome.exchanges.iter().map(|exchange| exchange_report(exchange, &outcome.secrets)).collect(),
            false => Vec::new(),
        },
    }
}

/// What a case departs from: what it asserted itself, and for the case of an operation's shape what the answers to that
/// operation showed in all other cases. One finding per requirement: the first exchange that shows it stands for all.
fn findings(outcome: &Outcome, all: &[Outcome], known: &Known) -> Vec<(&'static Requirement, Finding)> {
    let mut findings: Vec<(&'static Requirement, Finding)> = Vec::new();
    let mut add = |from: &Outcome, requirement: &'static Requirement, expected: &str, actual: &str, exchange: usize| {
        if findings.iter().any(|(already, _)| *already == requirement) {
            return;
        }
        let finding = Finding {
            requirement: requirement.id,
            level: requirement.level.as_str(),
            says: requirement.says,
            cited: requirement.citation(),
            known: reason_on_list(requirement, &outcome.case.id, known),
            expected: from.secrets.mask_briefly(expected),
            actual: from.secrets.mask_briefly(actual),
            releases: releases_that_break(outcome.aim.suite().api, requirement),
            exchange: exchange_report(&from.exchanges[exchange], &from.secrets),
        };
        findings.push((requirement, finding));
    };
    for assertion in &outcome.assertions {
        if let Some(actual) = &assertion.actual {
            add(outcome, assertion.requirement, &assertion.expected, actual, assertion.exchange);
        }
    }
    let played = !matches!(outcome.stop, Some(Stop::Skip(_)));
    if let (Some(judged), true) = (outcome.case.shape_of, played) {
        for other in all.iter().filter(|other| other.aim.suite().api.name == outcome.aim.suite().api.name) {
            for (_, departure, exchange) in other.departures.iter().filter(|(operation, ..)| *operation == judged) {
                add(other, departure.requirement, &departure.expected, &departure.actual, *exchange);
            }
        }
    }
    findings
}

fn reason_on_list(requirement: &Requirement, case: &str, known: &Known) -> Option<String> {
    let entry = known.entries.iter().find(|entry| entry.covers(requirement, case))?;
    Some(format!("{} ({})", entry.reason, entry.place))
}

fn releases_that_break(api: &'static Api, requirement: &Requirement) -> Vec<&'static str> {
    let breaks = |release: &&probity_fixtures::Release| {
        release.departures.iter().any(|departure| departure.deviation.breaks.contains(&requirement))
    };
    api.releases.iter().filter(breaks).map(|release| release.name).collect()
}

fn exchange_report(exchange: &Exchange, secrets: &Secrets) -> ExchangeReport {
    let headers = |headers: &HeaderMap| {
        let shown = headers.iter().map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes());
            (name.to_string(), secrets.mask_header(name, &value))
        });
        shown.collect::<Vec<_>>()
    };
    let body = |body: &[u8]| bounded(secrets.mask(&String::from_utf8_lossy(body)));
    let request = &exchange.request;
    ExchangeReport {
        label: exchange.label.clone(),
        request: RequestReport {
            method: request.method.to_string(),
            url: secrets.mask(request.url.as_str()),
            headers: headers(&request.headers),
            body: body(&request.body),
        },
        response: exchange.response.as_ref().ok().map(|response| ResponseReport {
            status: response.status.as_u16(),
            headers: headers(&response.headers),
            body: body(&response.body),
        }),
        error: exchange.response.as_ref().err().map(|error| secrets.mask(&error.to_string())),
        millis: millis(exchange.took),
        curl: curl::line(request, secrets),
    }
}

/// At most 64 KiB of a body, and how much there is besides.
fn bounded(mut body: String) -> String {
    const BOUND: usize = 64 << 10;
    if body.len() > BOUND {
        let end = (0..=BOUND).rev().find(|end| body.is_char_boundary(*end)).unwrap_or_default();
        let rest = body.len() - end;
        body.truncate(end);
        body += &format!("… and {rest} bytes more");
    }
    body
}

// ── requirements ──────────────────────────────────────────────────────────────────────────────────────────────────

/// The requirements that a case asserted, or observed.
fn exercised(outcomes: &[Outcome]) -> BTreeSet<&'static str> {
    outcomes.iter().flat_map(exercised_by).collect()
}

fn exercised_by(outcome: &Outcome) -> impl Iterator<Item = &'static str> {
    let asserted = outcome.assertions.iter().map(|assertion| assertion.requirement.id);
    asserted.chain(outcome.observations.iter().map(|(requirement, _)| requirement.id))
}

fn requirement_reports(apis: &[&'static Api], outcomes: &[Outcome], cases: &[CaseReport]) -> Vec<RequirementReport> {
    let exercised: BTreeMap<&str, BTreeSet<&str>> =
        outcomes.iter().map(|outcome| (outcome.case.id.as_ref(), exercised_by(outcome).collect())).collect();
    let verdict = |requirement: &Requirement, case: &CaseReport| {
        let finding = case.findings.iter().find(|finding| finding.requirement == requirement.id);
        match finding {
            Some(Finding { known: Some(_), .. }) => Verdict::Known,
            Some(_) if requirement.level == Level::Must => Verdict::Fail,
            Some(_) => Verdict::Warn,
            None if exercised.get(case.id.as_str()).is_some_and(|ids| ids.contains(requirement.id)) => Verdict::Pass,
            None if case.verdict == Verdict::Skip => Verdict::Skip,
            None => Verdict::Inconclusive,
        }
    };
    let all = apis.iter().flat_map(|api| api.requirements);
    let report = all.map(|requirement| {
        let covering: Vec<_> = cases.iter().filter(|case| case.requirements.contains(&requirement.id)).collect();
        RequirementReport {
            id: requirement.id,
            level: requirement.level.as_str(),
            verdict: covering.iter().map(|case| verdict(requirement, case)).max().unwrap_or(Verdict::Skip),
            cases: covering.iter().map(|case| case.id.clone()).collect(),
            untestable: requirement.untestable,
        }
    });
    report.collect()
}

fn observations(apis: &[&'static Api], outcomes: &[Outcome]) -> Vec<Observation> {
    let all = apis.iter().flat_map(|api| api.requirements);
    let open = all.filter_map(|requirement| requirement.question.map(|question| (*requirement, question)));
    let seen = |(requirement, question): (&'static Requirement, &'static str)| {
        outcomes.iter().flat_map(move |outcome| {
            let of_it = outcome.observations.iter().filter(move |(observed, _)| *observed == requirement);
            of_it.map(move |(_, value)| Observation {
                requirement: requirement.id,
                question,
                value: outcome.secrets.mask_briefly(value),
            })
        })
    };
    open.flat_map(seen).collect()
}

/// A passing case asserts what it declares, and nothing else.
fn coverage_errors(outcome: &Outcome) -> Vec<String> {
    if outcome.stop.is_some() || outcome.suite_error.is_some() {
        return Vec::new();
    }
    let declared: BTreeSet<_> = outcome.case.requirements.iter().map(|requirement| requirement.id).collect();
    let exercised: BTreeSet<_> = exercised_by(outcome).collect();
    let id = &outcome.case.id;
    let idle =
        declared.difference(&exercised).map(|r| format!("{id}: declares {r} and neither asserts nor observes it"));
    let undeclared =
        exercised.difference(&declared).map(|r| format!("{id}: asserts or observes {r}, which it does not declare"));
    idle.chain(undeclared).collect()
}

// ── known lists ───────────────────────────────────────────────────────────────────────────────────────────────────

/// The cases of the whole suite that cover a requirement.
fn covering(aims: &[&Aim], requirement: &'static Requirement) -> Vec<String> {
    let cases = aims.iter().flat_map(|aim| (aim.suite().cases)());
    cases.filter(|case| case.requirements.contains(&requirement)).map(|case| case.id.into_owned()).collect()
}

fn known_reports(aims: &[&Aim], known: &Known, outcomes: &[Outcome], cases: &[CaseReport]) -> Vec<KnownReport> {
    let report = known.entries.iter().map(|entry| {
        let covers = |case: &str| entry.cases.is_empty() || entry.cases.iter().any(|listed| listed == case);
        let departs = cases.iter().filter(|case| covers(&case.id)).any(|case| {
            let rests_on = case.inconclusive.as_ref().and_then(|inconclusive| inconclusive.rests_on);
            case.findings.iter().any(|finding| finding.requirement == entry.requirement.id)
                || rests_on == Some(entry.requirement.id)
        });
        // Every case that could show it has to have been played to its end, those of the whole suite.
        let to_its_end = |case: &str| {
            let outcome = outcomes.iter().find(|outcome| outcome.case.id == case);
            outcome.is_some_and(|o| o.stop.is_none() && exercised_by(o).any(|id| id == entry.requirement.id))
        };
        let exercised =
            covering(aims, entry.requirement).iter().filter(|case| covers(case)).all(|case| to_its_end(case));
        let state = match (departs, exercised) {
            (true, _) => KnownState::Departs,
            (false, true) => KnownState::Stale,
            (false, false) => KnownState::Unexercised,
        };
        KnownReport {
            entry: entry.requirement.id,
            state,
            place: entry.place.clone(),
            reason: entry.reason.clone(),
            link: entry.link.clone(),
        }
    });
    report.collect()
}

// ── the SDK's second look ─────────────────────────────────────────────────────────────────────────────────────────

/// Decodes every successful answer to a proper request as the SDK does. Where the document gives the whole answer, and the answer
/// meets every `must`, an SDK that cannot decode it is an error of the suite.
fn decodings(outcomes: &[Outcome], errors: &mut Vec<String>) -> Vec<Decoding> {
    let mut decodings: BTreeMap<&'static str, Decoding> = BTreeMap::new();
    for outcome in outcomes {
        let judged = outcome.exchanges.iter().enumerate().filter(|(_, exchange)| exchange.purpose != Purpose::Faulty);
        for (place, exchange) in judged {
            let (Some(operation), Ok(response)) = (exchange.operation, &exchange.response) else { continue };
            if !response.status.is_success() {
                continue;
            }
            let Some(decoded) = (outcome.aim.suite().decode)(operation, response) else { continue };
            let decoding = Decoding { operation: operation.id, ok: true, error: None };
            let entry = decodings.entry(operation.id).or_insert(decoding);
            let Err(error) = decoded else { continue };
            let error = outcome.secrets.mask_briefly(&error);
            let judged = exchange.purpose == Purpose::Proper;
            if judged && operation.answer_is_stated && meets_every_must(outcome, operation, place) {
                errors.push(format!(
                    "{}: the SDK cannot decode what {} answers as documented: {error}",
                    outcome.case.id, operation.id
                ));
            }
            entry.ok = false;
            entry.error.get_or_insert(error);
        }
    }
    decodings.into_values().collect()
}

fn meets_every_must(outcome: &Outcome, operation: &Operation, exchange: usize) -> bool {
    !outcome.departures.iter().any(|(of, departure, place)| {
        *of == operation && *place == exchange && departure.requirement.level == Level::Must
    })
}

fn millis(duration: Duration) -> u64 {
    duration.as_millis().try_into().unwrap_or(u64::MAX)
}
