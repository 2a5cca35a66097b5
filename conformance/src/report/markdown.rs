//! The report as Markdown, for a CI job's summary: the verdict, the counts, what departs as a table, and the stories folded
//! away. What comes from a target stands in code and nowhere else, where nothing of it counts as Markdown.

use super::terminal::STORIES;
use super::{CaseReport, ExchangeReport, Finding, Report};
use std::fmt::{self, Write as _};

/// GitHub takes 1 MiB of a step's summary, and shows nothing of a longer one. What comes after the stories is short.
const ROOM: usize = 900_000;

/// How much of a body a story shows, in characters.
const BODY_SHOWN: usize = 2_000;

/// How many lines a list at the end has.
const LISTED: usize = 200;

pub(super) fn render(report: &Report) -> String {
    let mut page = String::new();
    // Writing to a String does not fail.
    let _ = write_page(&mut page, report);
    page
}

fn write_page(page: &mut String, report: &Report) -> fmt::Result {
    let sign = match report.run.exit {
        0 => "✅",
        1 => "❌",
        _ => "⚠️",
    };
    writeln!(page, "## {sign} probity: {}\n", report.conclusion())?;
    for target in &report.targets {
        writeln!(page, "- **{}** at {}", target.api, target.url.as_deref().map_or_else(|| target.place(), code))?;
    }
    writeln!(page, "\n| verdict | cases |\n|---|--:|")?;
    for (verdict, count) in report.counts() {
        writeln!(page, "| {} {verdict} | {count} |", verdict.sign())?;
    }
    let requirements = report.summary.requirements;
    writeln!(
        page,
        "\n{} of {} requirements exercised, {} untestable · {:.2} s · exit {}",
        requirements.exercised,
        requirements.total,
        requirements.untestable,
        report.run.millis as f64 / 1000.0,
        report.run.exit
    )?;
    if let Some(hint) = &report.run.hint {
        writeln!(page, "\n> {}", code(hint))?;
    }
    write_lines(page, "Errors of the suite", report.errors.iter().map(|error| code(error)))?;
    write_lines(page, "Left behind", report.leftovers.iter().map(|what| code(what)))?;
    let stale = report.known.iter().filter(|entry| entry.state.is_wrong());
    write_lines(
        page,
        "Entries of known lists that have to go or change",
        stale.map(|entry| format!("`{}`, {}, at {}", entry.entry, entry.state.says(), code(&entry.place))),
    )?;
    write_table(page, report)?;
    write_stories(page, report)?;
    write_observations(page, report)
}

fn write_lines(page: &mut String, title: &str, lines: impl Iterator<Item = String>) -> fmt::Result {
    let mut lines = lines.peekable();
    if lines.peek().is_none() {
        return Ok(());
    }
    writeln!(page, "\n### {title}\n")?;
    for line in lines.by_ref().take(LISTED) {
        writeln!(page, "- {line}")?;
    }
    match lines.count() {
        0 => Ok(()),
        rest => writeln!(page, "- … and {rest} more"),
    }
}

/// A line per case that has a story, and per finding of it.
fn write_table(page: &mut String, report: &Report) -> fmt::Result {
    let mut rows = told(report).flat_map(rows).peekable();
    if rows.peek().is_none() {
        return Ok(());
    }
    writeln!(page, "\n### What departs\n\n| | case | requirement | expected | actual |\n|---|---|---|---|---|")?;
    while let Some(row) = rows.next_if(|row| page.len() + row.len() < ROOM) {
        page.push_str(&row);
    }
    match rows.count() {
        0 => Ok(()),
        rest => {
            writeln!(page, "\n… and {rest} lines more: a summary has no room for them, the JSON and HTML reports do")
        }
    }
}

fn told(report: &Report) -> impl Iterator<Item = &CaseReport> {
    STORIES.into_iter().flat_map(|(_, verdict)| report.cases_that(verdict))
}

fn rows(case: &CaseReport) -> Vec<String> {
    let row = |requirement: &str, expected: &str, actual: &str| {
        format!(
            "| {} {} | `{}` | {requirement} | {expected} | {actual} |\n",
            case.verdict.sign(),
            case.verdict,
            case.id
        )
    };
    let of_finding = |finding: &Finding| {
        let requirement = format!("`{}` ({})", finding.requirement, finding.level);
        row(&requirement, &cell(&finding.expected), &cell(&finding.actual))
    };
    let findings = case.unlisted().map(of_finding);
    let inconclusive = case.inconclusive.iter().map(|inconclusive| {
        let rests_on = inconclusive.rests_on.map(|requirement| format!("`{requirement}`")).unwrap_or_default();
        row(&rests_on, "", &cell(&inconclusive.reason))
    });
    let rows: Vec<String> = findings.chain(inconclusive).collect();
    if rows.is_empty() { vec![row("", "", "")] } else { rows }
}

fn write_stories(page: &mut String, report: &Report) -> fmt::Result {
    let mut cases = told(report);
    let mut left_out = 0;
    for case in cases.by_ref() {
        let story = story(case)?;
        if page.len() + story.len() > ROOM {
            left_out += 1;
            break;
        }
        page.push_str(&story);
    }
    match left_out + cases.count() {
        0 => Ok(()),
        rest => {
            writeln!(page, "\n… and {rest} stories more: a summary has no room for them, the JSON and HTML reports do")
        }
    }
}

fn story(case: &CaseReport) -> Result<String, fmt::Error> {
    let mut story = String::new();
    let page = &mut story;
    let says = html(&case.says);
    writeln!(page, "\n<details><summary>{} <code>{}</code> {says}</summary>\n", case.verdict.sign(), case.id)?;
    for finding in case.unlisted() {
        let Finding { requirement, level, cited, expected, actual, releases, .. } = finding;
        writeln!(page, "**{level}** `{requirement}` ({}, {cited}): {}\n", case.section, text(finding.says))?;
        writeln!(page, "- expected {}\n- actual {}", code(expected), code(actual))?;
        if !releases.is_empty() {
            writeln!(page, "- so does {}", releases.join(", "))?;
        }
        write_exchange(page, &finding.exchange)?;
    }
    if let Some(inconclusive) = &case.inconclusive {
        writeln!(page, "Inconclusive: {}", code(&inconclusive.reason))?;
        if let Some(requirement) = inconclusive.rests_on {
            writeln!(page, "\nIt rests on `{requirement}`.")?;
        }
        if let Some(exchange) = &inconclusive.exchange {
            write_exchange(page, exchange)?;
        }
    }
    writeln!(page, "\n</details>")?;
    Ok(story)
}

fn write_exchange(page: &mut String, exchange: &ExchangeReport) -> fmt::Result {
    let ExchangeReport { request, response, error, millis, .. } = exchange;
    let mut wire = format!("{} {}\n", request.method, request.url);
    write_message(&mut wire, &request.headers, &request.body)?;
    match response {
        Some(response) => {
            writeln!(wire, "\n{} after {millis} ms", response.status)?;
            write_message(&mut wire, &response.headers, &response.body)?;
        }
        None => writeln!(wire, "\n{} after {millis} ms", error.as_deref().unwrap_or("no response"))?,
    }
    writeln!(page, "\nSent {}:\n\n{}\n{}", text(&exchange.label), block("http", &wire), block("sh", &exchange.curl))
}

fn write_message(wire: &mut String, headers: &[(String, String)], body: &str) -> fmt::Result {
    for (name, value) in headers {
        writeln!(wire, "{name}: {value}")?;
    }
    if body.is_empty() {
        return Ok(());
    }
    let rest = body.chars().count().saturating_sub(BODY_SHOWN);
    writeln!(wire, "\n{}", body.chars().take(BODY_SHOWN).collect::<String>())?;
    if rest > 0 {
        writeln!(wire, "… and {rest} characters more")?;
    }
    Ok(())
}

fn write_observations(page: &mut String, report: &Report) -> fmt::Result {
    if report.observations.is_empty() {
        return Ok(());
    }
    writeln!(
        page,
        "\n<details><summary>{} observations: what the documents leave open</summary>\n",
        report.observations.len()
    )?;
    writeln!(page, "| requirement | seen |\n|---|---|")?;
    for observation in report.observations.iter().take(LISTED) {
        writeln!(page, "| `{}` | {} |", observation.requirement, cell(&observation.value))?;
    }
    writeln!(page, "\n</details>")
}

// ── what keeps text from being Markdown ───────────────────────────────────────────────────────────────────────────

/// Text as code within a line.
pub(crate) fn code(text: &str) -> String {
    let text: String = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    let fence = "`".repeat(longest_run(&text) + 1);
    // Two spaces are taken away again, one on each side; a backtick at an end would count as the fence's.
    let pad = if text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']) || text.is_empty() { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// Text as code within a table, where a bar ends a cell even in code, and a backslash before it is in doubt.
pub(crate) fn cell(text: &str) -> String {
    code(&text.replace("\\|", "\\ |")).replace('|', "\\|")
}

/// Text as a block of code.
pub(crate) fn block(language: &str, text: &str) -> String {
    let text: String =
        text.chars().map(|letter| if letter.is_control() && !"\n\t".contains(letter) { '�' } else { letter }).collect();
    let fence = "`".repeat(longest_run(&text).max(2) + 1);
    format!("{fence}{language}\n{}\n{fence}\n", text.trim_end_matches('\n'))
}

fn longest_run(text: &str) -> usize {
    text.split(|letter| letter != '`').map(str::len).max().unwrap_or_default()
}

/// Our own words, which may hold code of their own, but no HTML.
fn text(words: &str) -> String {
    words.replace('<', "&lt;").replace('\n', " ")
}

fn html(words: &str) -> String {
    words.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('\n', " ")
}
