//! What a case came to: its verdict, what departs, and the exchanges that show it.

use super::millis;
use crate::curl;
use crate::engine::Outcome;
use crate::exchange::Exchange;
use crate::known::{Known, Listed};
use crate::report::{CaseReport, ExchangeReport, Finding, Inconclusive, RequestReport, ResponseReport};
use crate::run::Stop;
use crate::secrets::Secrets;
use crate::verdict;
use http::HeaderMap;
use probity_fixtures::{Api, Requirement};

pub(super) fn case_report(outcome: &Outcome, all: &[Outcome], known: &Known, with_exchanges: bool) -> CaseReport {
    let findings = findings(outcome, all, known);
    let departed: Vec<(&'static Requirement, &str)> =
        findings.iter().map(|(requirement, finding)| (*requirement, finding.actual.as_str())).collect();
    let skip = match &outcome.stop {
        Some(Stop::Skip(reason)) => Some(outcome.secrets.mask_briefly(reason)),
        _ => None,
    };
    let inconclusive = match &outcome.stop {
        Some(Stop::Inconclusive { reason, rests_on }) => Some(Inconclusive {
            reason: outcome.secrets.mask_briefly(reason),
            rests_on: rests_on.map(|requirement| requirement.id),
            exchange: outcome.exchanges[..outcome.played]
                .last()
                .map(|exchange| exchange_report(exchange, &outcome.secrets)),
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
            known: reason_on_list(requirement, &outcome.case.id, &from.secrets.mask_briefly(actual), known),
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

fn reason_on_list(requirement: &Requirement, case: &str, actual: &str, known: &Known) -> Option<String> {
    match known.listed(requirement, case, Some(actual)) {
        Listed::Known(entry) => Some(format!("{} ({})", entry.reason, entry.place)),
        Listed::Otherwise | Listed::No => None,
    }
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
