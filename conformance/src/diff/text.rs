//! A difference as text with ANSI styles.

use super::{CaseChange, Change, Diff, Side, actuals};
use crate::report::terminal::{bold, dim, printable, styled};
use anstyle::AnsiColor;
use std::fmt::{self, Write as _};

pub(super) fn render(diff: &Diff) -> String {
    let mut page = String::new();
    // Writing to a String does not fail.
    let _ = write_page(&mut page, diff);
    page
}

fn write_page(page: &mut String, diff: &Diff) -> fmt::Result {
    write_side(page, "before", &diff.before)?;
    write_side(page, "after", &diff.after)?;
    for change in Change::ALL {
        for (place, case) in diff.cases_that(change).enumerate() {
            if place == 0 {
                writeln!(page, "\n{}", bold(change.title()))?;
            }
            write_case(page, case)?;
        }
    }
    if !diff.observations.is_empty() {
        writeln!(page, "\n{} {}", bold("Observations"), dim("· what the documents leave open, and is done otherwise"))?;
    }
    for observation in &diff.observations {
        writeln!(page, "  {} {}", observation.requirement, dim(printable(&observation.question)))?;
        write_values(page, &observation.before, &observation.after)?;
    }
    let counts = Change::ALL.map(|change| format!("{} {change}", diff.count(change))).join(", ");
    writeln!(page, "\n{counts}, {} observed otherwise", diff.observations.len())?;
    let end = match diff.is_worse() {
        true => styled(AnsiColor::Red, "got worse"),
        false => styled(AnsiColor::Green, "nothing got worse"),
    };
    writeln!(page, "{end} {}", dim(format!("· exit {}", u8::from(diff.is_worse()))))
}

fn write_side(page: &mut String, word: &str, side: &Side) -> fmt::Result {
    let targets = printable(&side.targets.join(", "));
    let about = format!("{} · {} · exit {} · probity {}", side.file, side.started, side.exit, side.version);
    writeln!(page, "{} {targets}\n       {}", bold(format!("{word:6}")), dim(printable(&about)))
}

fn write_case(page: &mut String, case: &CaseChange) -> fmt::Result {
    let verdicts = case.verdicts();
    let verdicts = match case.change {
        Change::Worse => styled(AnsiColor::Red, verdicts),
        Change::Better => styled(AnsiColor::Green, verdicts),
        _ => dim(verdicts),
    };
    writeln!(page, "  {} {verdicts}  {}", printable(&case.id), dim(printable(&case.says)))?;
    if let Some(reason) = &case.reason {
        writeln!(page, "      {}", dim(printable(reason)))?;
    }
    for finding in &case.findings {
        writeln!(page, "      {} {}", printable(&finding.requirement), dim(printable(&finding.level)))?;
        writeln!(page, "      {} {}", dim("expected"), printable(&finding.expected))?;
        let [before, after] = actuals(case, finding);
        write_values(page, &[before], &[after])?;
    }
    Ok(())
}

fn write_values(page: &mut String, before: &[String], after: &[String]) -> fmt::Result {
    for value in before {
        writeln!(page, "      {} {}", styled(AnsiColor::Red, "-"), printable(value))?;
    }
    for value in after {
        writeln!(page, "      {} {}", styled(AnsiColor::Green, "+"), printable(value))?;
    }
    Ok(())
}
