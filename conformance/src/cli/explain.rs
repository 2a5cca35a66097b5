//! `probity explain ID`: enough to understand a case or a requirement without reading our source.
//!
//! What a case sends and expects is not written down a second time: the case is played against the embedded server, and
//! what it did is told.

use super::list::conditions;
use super::{Unusable, write_stdout};
use crate::SUITES;
use crate::engine::{self, Options, Outcome};
use crate::exchange::Purpose;
use crate::plan::{Aim, Plan};
use crate::suite::Suite;
use crate::target::meant;
use clap::Args;
use probity_fixtures::{Api, Requirement};
use std::fmt::Write as _;
use std::sync::Arc;

#[derive(Args)]
pub(super) struct ExplainArgs {
    /// The id of a case or of a requirement
    id: String,
}

pub(super) fn explain(arguments: &ExplainArgs) -> Result<u8, Unusable> {
    let id = arguments.id.as_str();
    let mut page = String::new();
    for suite in SUITES {
        if let Some(requirement) = suite.api.requirement(id) {
            explain_requirement(&mut page, suite, requirement);
            page.push('\n');
        }
        if (suite.cases)().iter().any(|case| case.id == id) {
            explain_case(&mut page, suite, id)?;
        }
    }
    if page.is_empty() {
        let cases: Vec<_> = SUITES.iter().flat_map(|suite| (suite.cases)()).map(|case| case.id.to_string()).collect();
        let requirements = SUITES.iter().flat_map(|suite| suite.api.requirements).map(|requirement| requirement.id);
        let meant = meant(id, cases.iter().map(String::as_str).chain(requirements));
        return Err(format!("there is no case and no requirement {id}{meant}; `list` shows all"));
    }
    write_stdout(&format!("{}\n", page.trim_end()))?;
    Ok(0)
}

fn explain_requirement(page: &mut String, suite: &Suite, requirement: &'static Requirement) {
    let Requirement { id, level, section, says, question, because, untestable, .. } = requirement;
    let document = &suite.api.document;
    let _ = writeln!(page, "{id}\n\n  {says}\n");
    let _ = writeln!(page, "  level     {level}");
    let _ = writeln!(page, "  section   {section}");
    let _ = writeln!(page, "  document  {}, {} <{}>", document.title, requirement.citation(), document.url);
    for (name, text) in [("question", question), ("because", because), ("untestable", untestable)] {
        if let Some(text) = text {
            let _ = writeln!(page, "  {name:10}{text}");
        }
    }
    for case in (suite.cases)().iter().filter(|case| case.requirements.contains(&requirement)) {
        let _ = writeln!(page, "  case      {}{}", case.id, conditions(case));
    }
    explain_departures(page, suite.api, requirement);
}

/// The releases that depart, and how.
fn explain_departures(page: &mut String, api: &'static Api, requirement: &Requirement) {
    for release in api.releases {
        for departure in release.departures.iter().filter(|d| d.deviation.breaks.contains(&requirement)) {
            let evidence = match departure.note {
                Some(note) => note.to_owned(),
                None => departure.recordings.join(", "),
            };
            let _ = writeln!(page, "  departs   {}: {} ({evidence})", release.name, departure.deviation.says);
        }
    }
}

fn explain_case(page: &mut String, suite: &'static Suite, id: &str) -> Result<(), Unusable> {
    let embedded = Arc::new(Aim::embedded(suite));
    let plan = Plan::new(vec![embedded], &[id.to_owned()]).map_err(|error| error.to_string())?;
    let outcomes = engine::play(&plan, &Options::default(), &mut |_| {}).map_err(|error| error.to_string())?;
    let played = outcomes.iter().find(|outcome| outcome.case.id == id).ok_or("it could not be played")?;
    let case = &played.case;
    let _ = writeln!(page, "{id}{}\n\n  {}\n", conditions(case), case.says);
    for requirement in &case.requirements {
        let _ = writeln!(page, "  {:6}  {}\n          {}", requirement.level, requirement.id, requirement.says);
        explain_departures(page, suite.api, requirement);
    }
    let requests = match played.exchanges.len() {
        1 => "1 request".to_owned(),
        count => format!("{count} requests"),
    };
    let _ = writeln!(page, "\n  What it sends ({requests}) and expects, as seen against the embedded server:");
    explain_exchanges(page, played);
    Ok(())
}

fn explain_exchanges(page: &mut String, played: &Outcome) {
    let mask = |text: &str| played.secrets.mask_briefly(text);
    for (place, exchange) in played.exchanges.iter().enumerate() {
        let purpose = if exchange.purpose == Purpose::Arranging { "arranging" } else { exchange.label.as_str() };
        let request = &exchange.request;
        let _ = writeln!(page, "\n  {}. {purpose}", place + 1);
        let _ = writeln!(page, "     > {} {}", request.method, request.url.path());
        if let Some(value) = request.headers.get(http::header::AUTHORIZATION) {
            let _ = writeln!(page, "     > authorization: {}", mask(&String::from_utf8_lossy(value.as_bytes())));
        }
        if !request.body.is_empty() {
            let _ = writeln!(page, "     > {}", mask(&String::from_utf8_lossy(&request.body)));
        }
        if let Ok(response) = &exchange.response {
            let _ = writeln!(page, "     < {}", mask(&response.summary()));
        }
        for assertion in played.assertions.iter().filter(|assertion| assertion.exchange == place) {
            let _ = writeln!(page, "     = {}: {}", assertion.requirement.id, mask(&assertion.expected));
        }
    }
    for (requirement, value) in &played.observations {
        let _ = writeln!(page, "\n  observes {}: {}", requirement.id, mask(value));
    }
}
