//! What a case came to: its verdict, what departs, and the exchanges that show it.

use super::millis;
use crate::curl;
use crate::departed::{Departed, departed};
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

fn findings(outcome: &Outcome, all: &[Outcome], known: &Known) -> Vec<(&'static Requirement, Finding)> {
    let finding = |departed: Departed<'_>| {
        let Departed { requirement, expected, actual, shown_by, exchange } = departed;
        let finding = Finding {
            requirement: requirement.id,
            level: requirement.level.as_str(),
            says: requirement.says,
            cited: requirement.citation(),
            known: reason_on_list(requirement, &outcome.case.id, &shown_by.secrets.mask_briefly(actual), known),
            expected: shown_by.secrets.mask_briefly(expected),
            actual: shown_by.secrets.mask_briefly(actual),
            releases: releases_that_break(outcome.aim.suite().api, requirement),
            exchange: exchange_report(&shown_by.exchanges[exchange], &shown_by.secrets),
        };
        (requirement, finding)
    };
    departed(outcome, all).into_iter().map(finding).collect()
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
