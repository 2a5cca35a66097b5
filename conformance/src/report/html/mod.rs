//! The report as one page: nothing is loaded from anywhere, it reads whole without its script, and its policy lets no script
//! run but that one, whatever a target has answered.

mod exchange;
mod story;
mod tables;

use super::Report;
use super::terminal::{STORIES, printable};
use crate::verdict::Verdict;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use ring::digest::{SHA256, digest};

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");

pub(super) fn render(report: &Report) -> String {
    page(report).into_string()
}

fn page(report: &Report) -> Markup {
    let tone = tone(report);
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy());
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="robots" content="noindex";
                title { (tone.sign()) " " (report.conclusion()) " · " (subject(report)) " · probity" }
                link rel="icon" href=(icon(tone));
                style { (PreEscaped(STYLE)) }
            }
            body {
                a.skip-link href="#report" { "To the report" }
                header.(tone.as_str()) { (head(report, tone)) }
                main #report {
                    (trouble(report))
                    @for (title, verdict) in STORIES { (story::stories(report, title, verdict)) }
                    (tables::cases(report))
                    (tables::observations(report))
                    (tables::known(report))
                    (tables::requirements(report))
                    (tables::decodings(report))
                }
                footer { (about(report)) }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    }
}

/// The verdict whose colour the whole run has.
fn tone(report: &Report) -> Verdict {
    match report.run.exit {
        0 => Verdict::Pass,
        3 => Verdict::Inconclusive,
        _ => Verdict::Fail,
    }
}

fn subject(report: &Report) -> String {
    let names = report.targets.iter().map(|target| target.release.unwrap_or(target.api));
    names.collect::<Vec<_>>().join(", ")
}

/// What the page may do: show itself.
fn policy() -> String {
    let hash = |text: &str| format!("'sha256-{}'", STANDARD.encode(digest(&SHA256, text.as_bytes())));
    format!(
        "default-src 'none'; script-src {}; style-src {}; img-src data:; base-uri 'none'; form-action 'none'",
        hash(SCRIPT),
        hash(STYLE)
    )
}

/// A dot in the run's colour. Without one a browser would ask a server for it.
fn icon(tone: Verdict) -> String {
    let color = match tone {
        Verdict::Pass => "1a7f45",
        Verdict::Inconclusive => "8a4fb0",
        _ => "c62f25",
    };
    format!(
        "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 8 8'%3E%3Ccircle cx='4' cy='4' r='4' fill='%23{color}'/%3E%3C/svg%3E"
    )
}

// ── the head: the verdict at a glance ─────────────────────────────────────────────────────────────────────────────

fn head(report: &Report, tone: Verdict) -> Markup {
    let requirements = report.summary.requirements;
    html! {
        p.product { "probity " span { (report.run.version) } }
        h1 { span.sign aria-hidden="true" { (tone.sign()) } " " (capital(report.conclusion())) }
        ul.targets {
            @for target in &report.targets { li { b { (target.api) } " at " bdi { (printable(&target.place())) } } }
        }
        @if let Some(hint) = &report.run.hint { p.hint { bdi { (printable(hint)) } } }
        (bar(report))
        div.filter role="group" aria-label="Show only cases by verdict" {
            @for verdict in Verdict::ALL.into_iter().rev() {
                @let count = report.summary.of(verdict);
                // The script lets them be pressed; without it they are the counts.
                button.(verdict.as_str()) type="button" disabled aria-pressed="false" data-filter=(verdict)
                    data-count=(count) data-none[count == 0] {
                    b { (count) } " " span { (sign(verdict)) (verdict) }
                }
            }
        }
        div.tools hidden {
            label { span.unseen { "Search the cases" } input #search type="search" placeholder="Search cases" autocomplete="off"; }
            p #shown role="status" {}
        }
        p.facts {
            (requirements.exercised) " of " (requirements.total) " requirements exercised, "
            (requirements.untestable) " untestable · " (seconds(report.run.millis)) " · exit " (report.run.exit)
        }
        nav aria-label="Parts of this report" {
            ul {
                @for (title, verdict) in STORIES {
                    @if report.summary.of(verdict) > 0 { li { a href={ "#" (verdict) } { (title) } } }
                }
                li { a href="#cases" { "Cases" } }
                @if !report.observations.is_empty() { li { a href="#observations" { "Observations" } } }
                @if !report.known.is_empty() { li { a href="#known" { "Known departures" } } }
                li { a href="#requirements" { "Requirements" } }
            }
        }
    }
}

/// The counts as one line, each verdict as long as it has cases.
fn bar(report: &Report) -> Markup {
    let total = report.cases.len().max(1);
    let said = report.counts().map(|(verdict, count)| format!("{count} {verdict}")).collect::<Vec<_>>().join(", ");
    let mut from = 0;
    let parts = report.counts().map(|(verdict, count)| {
        let start = from;
        from += count;
        html! { rect.(verdict.as_str()) x=(start) y="0" width=(count) height="1" {} }
    });
    html! {
        svg.bar role="img" aria-label=(said) viewBox={ "0 0 " (total) " 1" } preserveAspectRatio="none" {
            @for part in parts { (part) }
        }
    }
}

/// What went wrong besides the cases.
fn trouble(report: &Report) -> Markup {
    let mut wrong = report.known.iter().filter(|entry| entry.state.is_wrong()).peekable();
    html! {
        @for (title, lines) in [
            ("Errors of the suite", &report.errors),
            ("Left behind", &report.leftovers),
            ("Left on purpose", &report.left_on_purpose),
        ] {
            @if !lines.is_empty() {
                section.trouble {
                    h2 { (title) }
                    ul { @for line in lines { li { code { (printable(line)) } } } }
                }
            }
        }
        @if wrong.peek().is_some() {
            section.trouble {
                h2 { "Entries of known lists that have to go or change" }
                ul {
                    @for entry in wrong {
                        li { code { (entry.entry) } " " (words(entry.state.says())) " · " bdi { (printable(&entry.place)) } }
                    }
                }
            }
        }
    }
}

fn about(report: &Report) -> Markup {
    let run = &report.run;
    html! {
        h2 { "The run" }
        dl.about {
            dt { "Command" } dd { code { (printable(&run.command)) } }
            dt { "Started" } dd { time datetime=(run.started) { (run.started) } }
            dt { "Took" } dd { (seconds(run.millis)) }
            dt { "Seed" } dd { code { "--seed " (run.seed) } }
            dt { "Suite" } dd { "probity " (run.version) }
        }
        p { "All that comes from a target is masked: secrets stand as " code { "$VARIABLES" } "." }
    }
}

// ── words and signs ───────────────────────────────────────────────────────────────────────────────────────────────

/// A verdict as a sign and a word.
fn badge(verdict: Verdict) -> Markup {
    html! { span.verdict.(verdict.as_str()) { (sign(verdict)) (verdict) } }
}

fn sign(verdict: Verdict) -> Markup {
    html! { i aria-hidden="true" { (verdict.sign()) } " " }
}

/// Our own words, in which code stands between backticks.
fn words(text: &str) -> Markup {
    let parts: Vec<&str> = text.split('`').collect();
    if parts.len().is_multiple_of(2) {
        return html! { (text) };
    }
    html! {
        @for (place, part) in parts.iter().enumerate() {
            @if place.is_multiple_of(2) { (part) } @else { code { (part) } }
        }
    }
}

fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn seconds(millis: u64) -> String {
    format!("{:.2} s", millis as f64 / 1000.0)
}
