//! The report that people read first: sections, a mark per case, every failure told as a story, and the counts last.
//!
//! It is text with ANSI styles; what prints it strips them where they are not wanted.

use super::section::{Section, sections};
use super::{CaseReport, ExchangeReport, Finding, KnownState, Report};
use crate::verdict::Verdict;
use anstyle::{AnsiColor, Style};
use std::fmt::{self, Display, Write as _};

/// How much of a body a story shows, in characters.
const BODY_SHOWN: usize = 600;

/// Which verdicts are told as stories, and under which title.
pub(super) const STORIES: [(&str, Verdict); 3] = [
    ("What departs", Verdict::Fail),
    ("What could not be told", Verdict::Inconclusive),
    ("What is advised against", Verdict::Warn),
];

/// How much is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Detail {
    /// A line per case, and the stories of what departs.
    Cases,
    /// And a line per exchange.
    Exchanges,
    /// And the exchanges whole.
    Wire,
}

/// The report as text with ANSI styles.
pub fn render(report: &Report, detail: Detail) -> String {
    let mut page = String::new();
    // Writing to a String does not fail.
    let _ = write_page(&mut page, report, detail);
    page
}

fn write_page(page: &mut String, report: &Report, detail: Detail) -> fmt::Result {
    write_head(page, report)?;
    for section in sections(report) {
        write_section(page, &section, detail)?;
    }
    for (title, verdict) in STORIES {
        write_stories(page, title, report.cases_that(verdict))?;
    }
    write_observations(page, report)?;
    write_known(page, report)?;
    write_trouble(page, report)?;
    write_close(page, report)
}

fn write_head(page: &mut String, report: &Report) -> fmt::Result {
    let run = &report.run;
    writeln!(page, "{} {}", bold("probity"), dim(format!("{} · seed {}", run.version, run.seed)))?;
    for target in &report.targets {
        writeln!(page, "{} {}", dim(format!("{} at", target.api)), target.place())?;
    }
    Ok(())
}

fn write_section(page: &mut String, section: &Section<'_>, detail: Detail) -> fmt::Result {
    writeln!(page, "\n{} {}", bold(section.title), dim(format!("· {}", section.api)))?;
    let width = section.cases.iter().map(|case| case.id.len()).max().unwrap_or_default();
    for case in section.cases {
        let why = match (&case.skip, &case.inconclusive) {
            (Some(reason), _) => format!("{}: {}", printable(&case.says), printable(reason)),
            _ => printable(&case.says),
        };
        writeln!(page, "  {} {:width$}  {}", mark(case.verdict), case.id, dim(why))?;
        for exchange in &case.exchanges {
            match detail {
                Detail::Cases => break,
                Detail::Exchanges => writeln!(page, "      {} {}", summary(exchange), dim(&exchange.label))?,
                Detail::Wire => write_exchange(page, exchange, "      ", Headers::All)?,
            }
        }
    }
    Ok(())
}

// ── stories ───────────────────────────────────────────────────────────────────────────────────────────────────────

fn write_stories<'a>(page: &mut String, title: &str, cases: impl Iterator<Item = &'a CaseReport>) -> fmt::Result {
    for (place, case) in cases.enumerate() {
        if place == 0 {
            writeln!(page, "\n{}", bold(title))?;
        }
        writeln!(page, "\n  {} {}  {}", mark(case.verdict), bold(&case.id), dim(&case.says))?;
        write_story(page, case)?;
    }
    Ok(())
}

/// The story of a case as text without styles, for forms that show text as it is.
pub(super) fn story(case: &CaseReport) -> String {
    let mut story = String::new();
    // Writing to a String does not fail.
    let _ = write_story(&mut story, case);
    anstream::adapter::strip_str(&story).to_string()
}

fn write_story(page: &mut String, case: &CaseReport) -> fmt::Result {
    for finding in case.unlisted() {
        write_finding(page, case, finding)?;
    }
    if let Some(inconclusive) = &case.inconclusive {
        writeln!(page, "    {}  {}", dim("because "), printable(&inconclusive.reason))?;
        if let Some(requirement) = inconclusive.rests_on {
            writeln!(page, "    {}  {requirement}", dim("rests on"))?;
        }
        if let Some(exchange) = &inconclusive.exchange {
            write_exchange(page, exchange, "    ", Headers::Telling)?;
        }
    }
    Ok(())
}

fn write_finding(page: &mut String, case: &CaseReport, finding: &Finding) -> fmt::Result {
    let Finding { requirement, level, says, cited, expected, actual, releases, exchange, .. } = finding;
    writeln!(page, "    {}  {requirement} {}", dim(format!("{level:8}")), dim(format!("({}, {cited})", case.section)))?;
    writeln!(page, "    {}  {says}", dim("says    "))?;
    writeln!(page, "    {}  {}", dim("expected"), printable(expected))?;
    writeln!(page, "    {}  {}", dim("actual  "), printable(actual))?;
    if !releases.is_empty() {
        writeln!(page, "    {}  {}", dim("so does "), releases.join(", "))?;
    }
    write_exchange(page, exchange, "    ", Headers::Telling)
}

/// Which headers of an exchange are shown.
#[derive(Clone, Copy)]
enum Headers {
    All,
    /// Those that a case may turn on.
    Telling,
}

impl Headers {
    fn show(self, name: &str) -> bool {
        const TELLING: [&str; 8] = [
            "allow",
            "authorization",
            "content-type",
            "cookie",
            "location",
            "retry-after",
            "set-cookie",
            "www-authenticate",
        ];
        matches!(self, Headers::All) || TELLING.contains(&name)
    }
}

fn write_exchange(page: &mut String, exchange: &ExchangeReport, indent: &str, shown: Headers) -> fmt::Result {
    writeln!(page, "{indent}{}  {}", dim(format!("{:8}", "sent")), dim(&exchange.label))?;
    let request = &exchange.request;
    writeln!(page, "{indent}  {} {} {}", dim(">"), request.method, printable(&request.url))?;
    write_message(page, &request.headers, &request.body, &format!("{indent}  {}", dim(">")), shown)?;
    match (&exchange.response, &exchange.error) {
        (Some(response), _) => {
            writeln!(
                page,
                "{indent}  {} {} {}",
                dim("<"),
                response.status,
                dim(format!("after {} ms", exchange.millis))
            )?;
            write_message(page, &response.headers, &response.body, &format!("{indent}  {}", dim("<")), shown)?;
        }
        (None, error) => {
            let error = printable(error.as_deref().unwrap_or("no response"));
            writeln!(page, "{indent}  {} {error} {}", dim("<"), dim(format!("after {} ms", exchange.millis)))?;
        }
    }
    writeln!(page, "{indent}  {} {}", dim("$"), printable(&exchange.curl))
}

fn write_message(
    page: &mut String,
    headers: &[(String, String)],
    body: &str,
    prefix: &str,
    shown: Headers,
) -> fmt::Result {
    for (name, value) in headers.iter().filter(|(name, _)| shown.show(name)) {
        writeln!(page, "{prefix} {}", dim(printable(&format!("{name}: {value}"))))?;
    }
    if !body.is_empty() {
        let shown: String = body.chars().take(BODY_SHOWN).collect();
        let rest = body.chars().count().saturating_sub(BODY_SHOWN);
        for line in shown.lines() {
            writeln!(page, "{prefix} {}", printable(line))?;
        }
        if rest > 0 {
            writeln!(page, "{prefix} {}", dim(format!("… and {rest} characters more")))?;
        }
    }
    Ok(())
}

fn summary(exchange: &ExchangeReport) -> String {
    let outcome = match (&exchange.response, &exchange.error) {
        (Some(response), _) => response.status.to_string(),
        (None, error) => error.clone().unwrap_or_default(),
    };
    printable(&format!("{} {} → {outcome}", exchange.request.method, exchange.request.url))
}

// ── the end ───────────────────────────────────────────────────────────────────────────────────────────────────────

fn write_observations(page: &mut String, report: &Report) -> fmt::Result {
    if report.observations.is_empty() {
        return Ok(());
    }
    writeln!(page, "\n{} {}", bold("Observations"), dim("· what the documents leave open"))?;
    let mut last = "";
    for observation in &report.observations {
        if observation.requirement != last {
            writeln!(page, "  {} {}", observation.requirement, dim(observation.question))?;
            last = observation.requirement;
        }
        writeln!(page, "      {}", printable(&observation.value))?;
    }
    Ok(())
}

fn write_known(page: &mut String, report: &Report) -> fmt::Result {
    if report.known.is_empty() {
        return Ok(());
    }
    writeln!(page, "\n{}", bold("Known departures"))?;
    for entry in &report.known {
        let mark = match entry.state {
            KnownState::Departs => styled(AnsiColor::Cyan, "≈"),
            KnownState::Unexercised => dim("·"),
            _ => styled(AnsiColor::Red, "✗"),
        };
        let what = match entry.state {
            KnownState::Departs => String::new(),
            state => format!("{} · ", state.says()),
        };
        writeln!(
            page,
            "  {mark} {} {}",
            entry.entry,
            dim(printable(&format!("{what}{} · {}", entry.reason, entry.place)))
        )?;
    }
    Ok(())
}

fn write_trouble(page: &mut String, report: &Report) -> fmt::Result {
    for decoding in report.sdk.iter().filter(|decoding| !decoding.ok) {
        let error = printable(decoding.error.as_deref().unwrap_or("for no stated reason"));
        writeln!(page, "\n{} the SDK cannot decode {}: {error}", styled(AnsiColor::Yellow, "!"), decoding.operation)?;
    }
    for leftover in &report.leftovers {
        writeln!(page, "\n{} left behind: {}", styled(AnsiColor::Red, "✗"), printable(leftover))?;
    }
    if let Some(ledger) = &report.run.ledger {
        writeln!(page, "  `probity clean {ledger}` removes it later")?;
    }
    if report.run.interrupted {
        writeln!(page, "\n{} the run was interrupted", styled(AnsiColor::Magenta, "!"))?;
    }
    if let [first, rest @ ..] = report.left_on_purpose.as_slice() {
        let more = if rest.is_empty() { String::new() } else { format!(" and {} more", rest.len()) };
        writeln!(page, "\n{} left on purpose: {}{more}", dim("·"), printable(first))?;
    }
    for error in &report.errors {
        writeln!(page, "\n{} error of the suite: {error}", styled(AnsiColor::Red, "✗"), error = printable(error))?;
    }
    Ok(())
}

fn write_close(page: &mut String, report: &Report) -> fmt::Result {
    let summary = &report.summary;
    let counts = report.counts().map(|(verdict, count)| styled_as(verdict, format!("{count} {verdict}")));
    let counts = counts.collect::<Vec<_>>().join(", ");
    let requirements = summary.requirements;
    let seconds = report.run.millis as f64 / 1000.0;
    let case = if report.cases.len() == 1 { "case" } else { "cases" };
    writeln!(page, "\n{} {case}: {counts}", bold(report.cases.len()))?;
    writeln!(
        page,
        "{} of {} requirements exercised, {} untestable {}",
        requirements.exercised,
        requirements.total,
        requirements.untestable,
        dim(format!("· {seconds:.2} s"))
    )?;
    let color = match report.run.exit {
        0 => AnsiColor::Green,
        1 | 2 | 4 => AnsiColor::Red,
        _ => AnsiColor::Magenta,
    };
    let end = styled(color, report.conclusion());
    writeln!(page, "{end} {}", dim(format!("· exit {}", report.run.exit)))?;
    match &report.run.hint {
        // At the line's beginning, where no case stands: a hint may hold a target's words.
        Some(hint) => writeln!(page, "{}", printable(hint.trim_start())),
        None => Ok(()),
    }
}

// ── styles ────────────────────────────────────────────────────────────────────────────────────────────────────────

fn mark(verdict: Verdict) -> String {
    styled_as(verdict, verdict.sign())
}

fn styled_as(verdict: Verdict, text: impl Display) -> String {
    match verdict {
        Verdict::Skip => dim(text),
        Verdict::Pass => styled(AnsiColor::Green, text),
        Verdict::Warn => styled(AnsiColor::Yellow, text),
        Verdict::Known => styled(AnsiColor::Cyan, text),
        Verdict::Inconclusive => styled(AnsiColor::Magenta, text),
        Verdict::Fail => styled(AnsiColor::Red, text),
    }
}

pub(crate) fn styled(color: AnsiColor, text: impl Display) -> String {
    let style = color.on_default();
    format!("{style}{text}{style:#}")
}

pub(crate) fn bold(text: impl Display) -> String {
    let style = Style::new().bold();
    format!("{style}{text}{style:#}")
}

pub(crate) fn dim(text: impl Display) -> String {
    let style = Style::new().dimmed();
    format!("{style}{text}{style:#}")
}

/// What a target sends must not steer the terminal that shows it.
pub(crate) fn printable(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() && letter != '\t' { '�' } else { letter }).collect()
}
