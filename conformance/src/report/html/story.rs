//! The stories of what departs: a case, each of its findings, and the exchange that shows it.

use super::exchange::exchange;
use super::{badge, printable, words};
use crate::report::{CaseReport, Finding, Inconclusive, Report};
use crate::verdict::Verdict;
use maud::{Markup, html};

/// Whether a case is told as a story.
pub(super) fn has_story(case: &CaseReport) -> bool {
    matches!(case.verdict, Verdict::Fail | Verdict::Inconclusive | Verdict::Warn)
}

pub(super) fn stories(report: &Report, title: &str, verdict: Verdict) -> Markup {
    let mut cases = report.cases_that(verdict).enumerate().peekable();
    if cases.peek().is_none() {
        return html! {};
    }
    html! {
        section #(verdict) data-group {
            h2 { (title) " " span.count { (report.summary.of(verdict)) } }
            // The first is open, so that one sees what the others hold.
            @for (place, case) in cases { (story(case, place == 0 && verdict == Verdict::Fail)) }
        }
    }
}

fn story(case: &CaseReport, open: bool) -> Markup {
    html! {
        details.story.(case.verdict.as_str()) id={ "story-" (case.id) } data-of=(case.id) open[open] {
            summary {
                (badge(case.verdict))
                h3 { code { (case.id) } }
                span.says { (words(&case.says)) }
            }
            @for part in case.unlisted() { (finding(case, part)) }
            @if let Some(part) = &case.inconclusive { (inconclusive(part)) }
        }
    }
}

fn finding(case: &CaseReport, finding: &Finding) -> Markup {
    let Finding { requirement, level, says, cited, expected, actual, releases, .. } = finding;
    html! {
        div.finding {
            p.requirement {
                span.level.(level) { (level) } " "
                a href={ "#requirement-" (requirement) } { code { (requirement) } }
                span.cited { " " (case.section) ", " (cited) }
            }
            p { (words(says)) }
            dl.against {
                div { dt { "Expected" } dd { code { (printable(expected)) } } }
                div.actual { dt { "Actual" } dd { code { (printable(actual)) } } }
            }
            @if !releases.is_empty() { p.releases { "So does " (releases.join(", ")) "." } }
            (exchange(&finding.exchange))
        }
    }
}

fn inconclusive(inconclusive: &Inconclusive) -> Markup {
    html! {
        div.finding {
            dl.against {
                div.actual { dt { "Because" } dd { code { (printable(&inconclusive.reason)) } } }
                @if let Some(requirement) = inconclusive.rests_on {
                    div { dt { "Rests on" } dd { a href={ "#requirement-" (requirement) } { code { (requirement) } } } }
                }
            }
            @if let Some(last) = &inconclusive.exchange { (exchange(last)) }
        }
    }
}
