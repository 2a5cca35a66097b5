//! The cases of a report, section by section.

use super::{CaseReport, Report};

/// The cases of one section of one API's document.
pub(super) struct Section<'a> {
    pub(super) api: &'a str,
    pub(super) title: &'a str,
    pub(super) cases: &'a [CaseReport],
}

/// The sections, in the order of the cases, which is that of the documents.
pub(super) fn sections(report: &Report) -> impl Iterator<Item = Section<'_>> {
    let together = |one: &CaseReport, next: &CaseReport| (one.api, one.section) == (next.api, next.section);
    report.cases.chunk_by(together).filter_map(|cases| {
        let first = cases.first()?;
        Some(Section { api: first.api, title: first.section, cases })
    })
}
