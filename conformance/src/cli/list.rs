//! `probity list`: the cases and requirements, and what covers what.

use super::{Unusable, suites, write_stdout};
use crate::case::{Case, Need};
use crate::cost;
use crate::trace::{Traced, trace};
use clap::Args;
use probity_fixtures::Requirement;
use serde_json::{Value, json};
use std::fmt::Write as _;

#[derive(Args)]
pub(super) struct ListArgs {
    /// Only this API; may be given several times
    #[arg(long, value_name = "NAME")]
    api: Vec<String>,
    /// As JSON
    #[arg(long)]
    json: bool,
    /// From each statement to its lines, cases, the mutants that prove these, and the releases that depart
    #[arg(long)]
    matrix: bool,
}

pub(super) fn list(arguments: &ListArgs) -> Result<u8, Unusable> {
    let suites = suites(&arguments.api)?;
    if arguments.matrix {
        let traced = suites.iter().map(|suite| trace(suite)).collect::<Result<Vec<_>, _>>()?.concat();
        let page = if arguments.json { matrix_as_json(&traced) } else { matrix_as_text(&traced) };
        write_stdout(&page)?;
        return Ok(0);
    }
    let cases: Vec<Case> = suites.iter().flat_map(|suite| (suite.cases)()).collect();
    let requirements: Vec<_> = suites.iter().flat_map(|suite| suite.api.requirements).copied().collect();
    let page = if arguments.json { as_json(&cases, &requirements) } else { as_text(&cases, &requirements) };
    write_stdout(&page)?;
    Ok(0)
}

/// The requirements, section by section, each with all that rests on it.
fn matrix_as_text(traced: &[Traced]) -> String {
    let mut page = String::new();
    let mut section = "";
    for Traced { requirement, cases, mutants, releases } in traced {
        if requirement.section != section {
            section = requirement.section;
            let _ = writeln!(page, "{}{section}", if page.is_empty() { "" } else { "\n" });
        }
        let _ = writeln!(page, "  {:6} {}  {}", requirement.level, requirement.id, requirement.citation());
        let releases = releases.iter().map(|(release, deviation)| format!("{release} by {deviation}"));
        let releases = releases.collect::<Vec<_>>();
        for (name, ids) in [("cases", cases), ("mutants", mutants), ("departs", &releases)] {
            for (number, id) in ids.iter().enumerate() {
                let _ = writeln!(page, "           {:8} {id}", if number == 0 { name } else { "" });
            }
        }
        if let Some(why) = requirement.untestable {
            let _ = writeln!(page, "           untestable: {why}");
        }
    }
    page
}

fn matrix_as_json(traced: &[Traced]) -> String {
    let one = |traced: &Traced| {
        let Traced { requirement, cases, mutants, releases } = traced;
        let release = |(release, deviation): &(&str, &str)| json!({ "release": release, "deviation": deviation });
        json!({
            "id": requirement.id,
            "level": requirement.level.as_str(),
            "section": requirement.section,
            "lines": requirement.lines,
            "untestable": requirement.untestable,
            "cases": cases,
            "mutants": mutants,
            "releases": releases.iter().map(release).collect::<Vec<_>>(),
        })
    };
    format!("{:#}\n", json!({ "requirements": traced.iter().map(one).collect::<Vec<_>>() }))
}

/// The requirements, section by section, each with the cases that cover it.
fn as_text(cases: &[Case], requirements: &[&'static Requirement]) -> String {
    let mut page = String::new();
    let mut section = "";
    for requirement in requirements {
        if requirement.section != section {
            section = requirement.section;
            let _ = writeln!(page, "{}{section}", if page.is_empty() { "" } else { "\n" });
        }
        let _ = writeln!(page, "  {:6} {}", requirement.level, requirement.id);
        for case in covering(cases, requirement) {
            let _ = writeln!(page, "           {}{}", case.id, conditions(case));
        }
        if let Some(why) = requirement.untestable {
            let _ = writeln!(page, "           untestable: {why}");
        }
    }
    let untestable = requirements.iter().filter(|requirement| requirement.untestable.is_some()).count();
    let _ =
        writeln!(page, "\n{} cases, {} requirements, {untestable} of them untestable", cases.len(), requirements.len());
    page
}

fn as_json(cases: &[Case], requirements: &[&'static Requirement]) -> String {
    let case = |case: &Case| {
        json!({
            "id": case.id,
            "section": case.section(),
            "says": case.says,
            "requirements": case.requirements.iter().map(|requirement| requirement.id).collect::<Vec<_>>(),
            "effects": case.effects.iter().map(|effect| effect.as_str()).collect::<Vec<_>>(),
            "needs": needs(case),
            "instead": case.instead.map(|instead| json!({ "effect": instead.effect.as_str(), "key": instead.key })),
            "requests": cost::requests(&case.id),
        })
    };
    let requirement = |requirement: &&'static Requirement| {
        json!({
            "id": requirement.id,
            "level": requirement.level.as_str(),
            "section": requirement.section,
            "lines": requirement.lines,
            "says": requirement.says,
            "question": requirement.question,
            "because": requirement.because,
            "untestable": requirement.untestable,
            "cases": covering(cases, requirement).map(|case| &case.id).collect::<Vec<_>>(),
        })
    };
    let listed: Value = json!({
        "cases": cases.iter().map(case).collect::<Vec<_>>(),
        "requirements": requirements.iter().map(requirement).collect::<Vec<_>>(),
    });
    format!("{listed:#}\n")
}

fn covering<'c>(cases: &'c [Case], requirement: &'static Requirement) -> impl Iterator<Item = &'c Case> {
    cases.iter().filter(move |case| case.requirements.contains(&requirement))
}

/// What a case needs, as the keys of a configuration, or `clock`.
pub(super) fn needs(case: &Case) -> Vec<&'static str> {
    let keys = |need: &Need| match need {
        Need::Keys(keys) => keys.to_vec(),
        Need::Flag(key) => vec![*key],
        Need::Clock => vec!["clock"],
    };
    case.needs.iter().flat_map(keys).collect()
}

/// What a case does and needs, in a few words at a line's end.
pub(super) fn conditions(case: &Case) -> String {
    let effects = case.effects.iter().map(|effect| effect.as_str()).collect::<Vec<_>>().join(", ");
    let needs = needs(case).join(", ");
    match (effects.is_empty(), needs.is_empty()) {
        (true, true) => String::new(),
        (true, false) => format!("  (needs {needs})"),
        (false, true) => format!("  ({effects})"),
        (false, false) => format!("  ({effects}; needs {needs})"),
    }
}
