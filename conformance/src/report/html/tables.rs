//! The tables: the cases and the requirements section by section, what was observed, what is known.

use super::story::has_story;
use super::{badge, printable, sign, words};
use crate::report::section::{Section, sections};
use crate::report::{CaseReport, KnownState, Observation, Report, RequirementReport};
use crate::verdict::Verdict;
use maud::{Markup, html};

pub(super) fn cases(report: &Report) -> Markup {
    html! {
        section #cases {
            h2 { "Cases " span.count { (report.cases.len()) } }
            @if report.cases.is_empty() { p { "There is none." } }
            @for section in sections(report) { (of_section(&section)) }
        }
    }
}

fn of_section(section: &Section<'_>) -> Markup {
    let verdicts = section.cases.iter().map(|case| case.verdict);
    html! {
        div.section data-group {
            h3 { (section.title) " " small { (section.api) } }
            (tally(verdicts))
            table {
                caption.unseen { "Cases of " (section.title) }
                thead.unseen { tr { th scope="col" { "Verdict" } th scope="col" { "Case" } th scope="col" { "Time" } } }
                tbody { @for case in section.cases { (row(case)) } }
            }
        }
    }
}

fn row(case: &CaseReport) -> Markup {
    let id = html! { code { (case.id) } };
    html! {
        tr id={ "case-" (case.id) } data-case=(case.id) data-verdict=(case.verdict) {
            td { (badge(case.verdict)) }
            td {
                @if has_story(case) { a href={ "#story-" (case.id) } { (id) } } @else { (id) }
                p { (words(&case.says)) }
                @if let Some(reason) = why(case) { p.why { (printable(&reason)) } }
            }
            td.time { (case.millis) " ms" }
        }
    }
}

/// Why a case is skipped, or fine although something departs.
fn why(case: &CaseReport) -> Option<String> {
    let known = || case.findings.iter().find_map(|finding| finding.known.as_ref().map(|why| format!("known: {why}")));
    case.skip.clone().or_else(known)
}

fn tally(verdicts: impl Iterator<Item = Verdict> + Clone) -> Markup {
    let of = |verdict| verdicts.clone().filter(|other| *other == verdict).count();
    html! {
        p.tally {
            @for verdict in Verdict::ALL.into_iter().rev() {
                @let count = of(verdict);
                @if count > 0 { span.verdict.(verdict.as_str()) { (sign(verdict)) (count) " " (verdict) } " " }
            }
        }
    }
}

pub(super) fn observations(report: &Report) -> Markup {
    if report.observations.is_empty() {
        return html! {};
    }
    let together = |one: &Observation, next: &Observation| one.requirement == next.requirement;
    html! {
        section #observations {
            h2 { "Observations " span.count { (report.observations.len()) } }
            p.lead { "What the documents leave open, and what is done about it here. None of it fails a case." }
            table {
                caption.unseen { "Observations" }
                thead.unseen { tr { th scope="col" { "Question" } th scope="col" { "Seen" } } }
                tbody {
                    @for of_one in report.observations.chunk_by(together) {
                        tr {
                            td { code { (of_one[0].requirement) } p { (words(of_one[0].question)) } }
                            td.seen { @for observation in of_one { p { code { (printable(&observation.value)) } } } }
                        }
                    }
                }
            }
        }
    }
}

pub(super) fn known(report: &Report) -> Markup {
    if report.known.is_empty() {
        return html! {};
    }
    html! {
        section #known {
            h2 { "Known departures " span.count { (report.known.len()) } }
            table {
                caption.unseen { "Entries of known lists" }
                thead.unseen { tr { th scope="col" { "State" } th scope="col" { "Entry" } } }
                tbody {
                    @for entry in &report.known {
                        tr {
                            td { (state(entry.state)) }
                            td {
                                a href={ "#requirement-" (entry.entry) } { code { (entry.entry) } }
                                p { (printable(&entry.reason)) }
                                p.why {
                                    (printable(&entry.place))
                                    @if let Some(place) = &entry.link { " · " (link(place)) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Where something is discussed; a link only where it leads to the web, and not to a script.
fn link(place: &str) -> Markup {
    let shown = printable(place);
    html! {
        @if place.starts_with("https://") || place.starts_with("http://") { a href=(shown) rel="noreferrer" { bdi { (shown) } } }
        @else { bdi { (shown) } }
    }
}

fn state(state: KnownState) -> Markup {
    let (verdict, word) = match state {
        KnownState::Departs => (Verdict::Known, "departs"),
        KnownState::Unexercised => (Verdict::Skip, "unexercised"),
        KnownState::Stale => (Verdict::Fail, "stale"),
        KnownState::Differs => (Verdict::Fail, "differs"),
        KnownState::Expired => (Verdict::Fail, "expired"),
        KnownState::Duplicate => (Verdict::Fail, "duplicate"),
    };
    html! { span.verdict.(verdict.as_str()) { (sign(verdict)) (word) } }
}

pub(super) fn requirements(report: &Report) -> Markup {
    let api = |requirement: &RequirementReport| requirement.id.split('.').next().unwrap_or_default();
    let together =
        |one: &RequirementReport, next: &RequirementReport| (api(one), one.section) == (api(next), next.section);
    html! {
        section #requirements {
            h2 { "Requirements " span.count { (report.requirements.len()) } }
            p.lead { "From each statement to where the document makes it, the cases that hold a server to it, the wrong servers that show that these can fail, and the releases that depart." }
            @for of_section in report.requirements.chunk_by(together) {
                details.section {
                    summary { h3 { (of_section[0].section) " " small { (api(&of_section[0])) } } (tally(of_section.iter().map(|requirement| requirement.verdict))) }
                    table {
                        caption.unseen { "Requirements of " (of_section[0].section) }
                        thead.unseen { tr { th scope="col" { "Verdict" } th scope="col" { "Requirement" } th scope="col" { "Level" } } }
                        tbody { @for requirement in of_section { (requirement_row(requirement)) } }
                    }
                }
            }
        }
    }
}

fn requirement_row(requirement: &RequirementReport) -> Markup {
    html! {
        tr id={ "requirement-" (requirement.id) } {
            td { (badge(requirement.verdict)) }
            td {
                code { (requirement.id) }
                p { (words(requirement.says)) }
                @if let Some(why) = requirement.untestable { p.why { "untestable: " (words(why)) } }
                dl.trace {
                    dt { "Document" } dd { (requirement.cited) }
                    @if !requirement.cases.is_empty() {
                        dt { "Cases" }
                        dd { @for case in &requirement.cases { a href={ "#case-" (case) } { (case) } " " } }
                    }
                    @if !requirement.mutants.is_empty() {
                        dt { "Proven by" }
                        dd { (proof(&requirement.mutants)) }
                    }
                    @if !requirement.releases.is_empty() {
                        dt { "Departing" }
                        dd { (requirement.releases.join(", ")) }
                    }
                }
            }
            td { span.level.(requirement.level) { (requirement.level) } }
        }
    }
}

/// The wrong servers that a case was seen to notice: a few at once, more on request.
fn proof(mutants: &[String]) -> Markup {
    const FEW: usize = 2;
    let (few, more) = mutants.split_at(mutants.len().min(FEW));
    html! {
        @for mutant in few { code { (mutant) } " " }
        @if !more.is_empty() {
            details {
                summary { (more.len()) " more" }
                @for mutant in more { code { (mutant) } " " }
            }
        }
    }
}

/// What the SDK could not read.
pub(super) fn decodings(report: &Report) -> Markup {
    let mut failed = report.sdk.iter().filter(|decoding| !decoding.ok).peekable();
    if failed.peek().is_none() {
        return html! {};
    }
    html! {
        section #sdk {
            h2 { "What the SDK cannot decode" }
            ul {
                @for decoding in failed {
                    li {
                        code { (decoding.operation) } ": "
                        (printable(decoding.error.as_deref().unwrap_or("for no stated reason")))
                    }
                }
            }
        }
    }
}
