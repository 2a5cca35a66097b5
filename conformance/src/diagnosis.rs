//! What looks wrong with a run as a whole, in a sentence.

use crate::engine::Outcome;
use crate::exchange::Exchange;
use crate::plan::Aim;
use crate::report::CaseReport;
use crate::verdict::Verdict;
use crate::wire::NoResponse;
use probity_fixtures::Api;
use std::collections::BTreeSet;

/// What would help most: where a target is none at all, or behaves as a release that is known.
pub(crate) fn hint(apis: &[&'static Api], outcomes: &[Outcome], cases: &[CaseReport]) -> Option<String> {
    let nothing_ran = apis.iter().find_map(|api| of_skips(api, cases));
    // Before the kind of its answers: what departs as a release does is one, though all of a few answers may be of a kind.
    let of_releases = || apis.iter().find_map(|api| of_release(api, cases));
    nothing_ran.or_else(of_releases).or_else(|| apis.iter().find_map(|api| of_target(api, outcomes, cases)))
}

/// Not one case of a target was played: then the first reason helps most.
fn of_skips(api: &Api, cases: &[CaseReport]) -> Option<String> {
    let mut reasons = cases.iter().filter(|case| case.api == api.name).map(|case| case.skip.as_deref());
    let first = reasons.next()??;
    reasons.all(|reason| reason.is_some()).then(|| format!("no case of {} could be played: {first}", api.name))
}

/// Every answer of a target is of one kind: then the kind tells more than any case.
fn of_target(api: &Api, outcomes: &[Outcome], cases: &[CaseReport]) -> Option<String> {
    let proved = |case: &CaseReport| matches!(case.verdict, Verdict::Pass | Verdict::Known);
    if cases.iter().any(|case| case.api == api.name && proved(case)) {
        return None;
    }
    let played = outcomes.iter().filter(|outcome| outcome.aim.suite().api.name == api.name);
    let kinds: BTreeSet<Kind> = played.clone().flat_map(|outcome| &outcome.exchanges).map(Kind::of).collect();
    let mut kinds = kinds.into_iter();
    let (Some(kind), None) = (kinds.next(), kinds.next()) else { return None };
    let place = played.into_iter().find_map(|outcome| match &*outcome.aim {
        Aim::External(target) => Some(target.secrets().mask(target.url.as_str())),
        Aim::Embedded { .. } => None,
    });
    let place = place.unwrap_or_else(|| "the embedded server".to_owned());
    Some(kind.tells(api.name, &place))
}

/// Most of what departs, and is not listed, is what one release departs from.
fn of_release(api: &Api, cases: &[CaseReport]) -> Option<String> {
    let findings = cases.iter().filter(|case| case.api == api.name).flat_map(|case| &case.findings);
    let unlisted: Vec<_> = findings.filter(|finding| finding.known.is_none()).collect();
    let shared = |release: &str| unlisted.iter().filter(|finding| finding.releases.contains(&release)).count();
    let nearest = api.releases.iter().map(|release| (shared(release.name), release.name)).max()?;
    let (count, name) = nearest;
    (count > 0 && count * 2 > unlisted.len())
        .then(|| format!("{count} of {} departures look like {name}: try --known {name}", unlisted.len()))
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Unreachable(String),
    Closed,
    Late,
    NoHttp,
    Html(u16),
    Empty(u16),
    Status(u16),
}

impl Kind {
    fn of(exchange: &Exchange) -> Self {
        match &exchange.response {
            Err(error @ (NoResponse::Unreachable { .. } | NoResponse::Tls { .. })) => {
                Kind::Unreachable(error.to_string())
            }
            Err(NoResponse::Closed) => Kind::Closed,
            Err(NoResponse::Late(_)) => Kind::Late,
            Err(NoResponse::NotHttp(_) | NoResponse::TooLarge) => Kind::NoHttp,
            Err(NoResponse::TooManyRequests { .. }) => Kind::Status(429),
            Ok(response) if response.media_type().as_deref() == Some("text/html") => {
                Kind::Html(response.status.as_u16())
            }
            Ok(response) => match response.json().and_then(|json| json.as_object()) {
                Some(members) if members.is_empty() => Kind::Empty(response.status.as_u16()),
                _ => Kind::Status(response.status.as_u16()),
            },
        }
    }

    fn tells(&self, api: &str, place: &str) -> String {
        match self {
            Kind::Unreachable(reason) => {
                format!("{place} cannot be reached: {reason}. Is the address right, and the server up?")
            }
            Kind::Closed => format!(
                "{place} accepts connections and closes them without an answer. Is it HTTP, and not HTTPS, that it speaks there?"
            ),
            Kind::Late => format!(
                "{place} accepts connections and does not answer. Is it overloaded, or another protocol's port? --timeout waits longer"
            ),
            Kind::NoHttp => format!(
                "what {place} answers is not HTTP that can be read. Is it the port of something else, or of HTTPS?"
            ),
            Kind::Html(status) => format!(
                "{place} answers an HTML page ({status}) to every request: that is a web page, or a proxy's login, and not {api}'s API"
            ),
            Kind::Empty(status) => {
                format!("{place} answers {status} with an empty object to every request: that is not {api}'s API")
            }
            Kind::Status(status @ (401 | 403)) => format!(
                "{place} answers {status} to every request, a login too: are the credentials right, or does an access proxy stand before it? `headers` in the configuration can carry its credentials"
            ),
            Kind::Status(404) => format!(
                "{place} answers 404 to every request: the API is not under this address. Is a path missing from it, or too much?"
            ),
            Kind::Status(status @ 500..) => {
                format!("{place} answers {status} to every request: the server, or what it depends on, is down")
            }
            Kind::Status(status) => format!("{place} answers {status} to every request: that is not {api}'s API"),
        }
    }
}
