//! A difference as Markdown, for a CI job's summary.

use super::{CaseChange, Change, Diff, Side, actuals};
use crate::report::markdown::{block, cell, code};
use std::fmt::{self, Write as _};

/// GitHub takes 1 MiB of a step's summary.
const ROOM: usize = 900_000;

pub(super) fn render(diff: &Diff) -> String {
    let mut page = String::new();
    // Writing to a String does not fail.
    let _ = write_page(&mut page, diff);
    page
}

fn write_page(page: &mut String, diff: &Diff) -> fmt::Result {
    let end = if diff.is_worse() { "❌ probity diff: got worse" } else { "✅ probity diff: nothing got worse" };
    writeln!(page, "## {end}\n\n| | before | after |\n|---|---|---|")?;
    let row =
        |name: &str, of: &dyn Fn(&Side) -> String| format!("| {name} | {} | {} |\n", of(&diff.before), of(&diff.after));
    page.push_str(&row("target", &|side| cell(&side.targets.join(", "))));
    page.push_str(&row("started", &|side| cell(&side.started)));
    page.push_str(&row("exit", &|side| side.exit.to_string()));
    let counts = Change::ALL.map(|change| format!("{} {change}", diff.count(change))).join(", ");
    writeln!(page, "\n{counts}, {} observed otherwise", diff.observations.len())?;
    let parts = Change::ALL.into_iter().flat_map(|change| of_change(diff, change)).chain(of_observations(diff));
    let mut left_out = 0;
    for part in parts {
        if page.len() + part.len() > ROOM {
            left_out += 1;
        } else {
            page.push_str(&part);
        }
    }
    match left_out {
        0 => Ok(()),
        count => writeln!(page, "\n… and {count} more: a summary has no room for them, `--format json` does"),
    }
}

fn of_change(diff: &Diff, change: Change) -> impl Iterator<Item = String> {
    let title = move |place: usize| if place == 0 { format!("\n### {}\n\n", change.title()) } else { String::new() };
    diff.cases_that(change).enumerate().map(move |(place, case)| title(place) + &of_case(case))
}

fn of_case(case: &CaseChange) -> String {
    let mut item = format!("- {} {}\n", code(&case.id), case.verdicts());
    if let Some(reason) = &case.reason {
        item += &format!("  {}\n", code(reason));
    }
    for finding in &case.findings {
        let [before, after] = actuals(case, finding);
        let lines = format!("- {}\n+ {}", one_line(&before), one_line(&after));
        item += &format!("\n  {}, expected {}\n\n", code(&finding.requirement), code(&finding.expected));
        item += &indented(&block("diff", &lines));
    }
    item
}

fn of_observations(diff: &Diff) -> impl Iterator<Item = String> {
    diff.observations.iter().enumerate().map(|(place, observation)| {
        let title = if place == 0 { "\n### Observed otherwise\n\n" } else { "" };
        let values = |sign: &str, values: &[String]| {
            values.iter().map(|value| format!("{sign} {}\n", one_line(value))).collect::<String>()
        };
        let lines = values("-", &observation.before) + &values("+", &observation.after);
        format!("{title}- {}\n\n{}", code(&observation.requirement), indented(&block("diff", &lines)))
    })
}

fn one_line(text: &str) -> String {
    text.replace(['\n', '\r'], " ")
}

/// Within an item of a list.
fn indented(block: &str) -> String {
    block.lines().map(|line| format!("  {line}\n")).collect()
}
