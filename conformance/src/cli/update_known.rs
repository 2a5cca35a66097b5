//! `--update-known FILE`: makes a known list of what a run found. What people wrote into it stays: comments, reasons, links,
//! and what has expired, since only people can say for how much longer it is to be borne.

use super::Unusable;
use super::report_file::replace;
use crate::known::{Entry, Known};
use crate::report::{CaseReport, KnownReport, KnownState, Report};
use std::collections::BTreeMap;
use std::path::Path;
use toml_edit::{Array, ArrayOfTables, DocumentMut, Item, Table, Value, value};

/// What a new entry says until somebody has looked at it.
const NO_REASON: &str = "not looked at yet: say here why it is so, and by `link` where that is discussed";

/// Writes the file anew, by what became of its entries and of what is on no list.
pub(super) fn update(file: &Path, known: &Known, report: &Report) -> Result<(), Unusable> {
    let trouble = |what: &dyn std::fmt::Display| format!("--update-known {}: {what}", file.display());
    let text = match file.exists() {
        true => std::fs::read_to_string(file).map_err(|error| trouble(&error))?,
        false => String::new(),
    };
    let mut document: DocumentMut = text.parse().map_err(|error: toml_edit::TomlError| trouble(&error))?;
    let list = document.entry("known").or_insert_with(|| Item::ArrayOfTables(ArrayOfTables::new()));
    let list = list.as_array_of_tables_mut().ok_or_else(|| trouble(&"`known` is no list of [[known]] tables"))?;
    let of_file = format!("{}: line ", file.display());
    let entries = known.entries.iter().zip(&report.known).filter(|(entry, _)| entry.place.starts_with(&of_file));
    // From the last on, so that the numbers of those before stay.
    for (entry, became) in entries.collect::<Vec<_>>().into_iter().rev() {
        let Some(number) = entry.number else { continue };
        match became.state {
            KnownState::Stale | KnownState::Duplicate => remove(list, number),
            KnownState::Differs => pin_anew(list.get_mut(number), entry, became, report),
            KnownState::Departs | KnownState::Unexercised | KnownState::Expired => {}
        }
    }
    for (requirement, cases) in unlisted(report) {
        let mut table = Table::new();
        table["requirement"] = value(requirement);
        table["cases"] = value(cases.into_iter().collect::<Array>());
        table["reason"] = value(NO_REASON);
        table.decor_mut().set_prefix(if list.is_empty() { "" } else { "\n" });
        list.push(table);
    }
    replace(file, document.to_string().as_bytes()).map_err(|error| trouble(&error))
}

/// Removes an entry, and keeps what stands above it with an empty line between: that is about more than this entry.
fn remove(list: &mut ArrayOfTables, number: usize) {
    let prefix = list.get(number).and_then(|table| table.decor().prefix()?.as_str().map(str::to_owned));
    list.remove(number);
    let kept = prefix.as_deref().and_then(|prefix| prefix.rfind("\n\n").map(|end| &prefix[..=end]));
    if let (Some(kept), Some(next)) = (kept.filter(|kept| !kept.trim().is_empty()), list.get_mut(number)) {
        let own = next.decor().prefix().and_then(|prefix| prefix.as_str()).unwrap_or_default().to_owned();
        next.decor_mut().set_prefix(format!("{kept}\n{}", own.trim_start_matches('\n')));
    }
}

/// Pins how the target departs now, where it does so in one way; else any way is listed.
fn pin_anew(table: Option<&mut Table>, entry: &Entry, became: &KnownReport, report: &Report) {
    let Some(table) = table else { return };
    let covered = report.cases.iter().filter(|case| entry.cases.is_empty() || entry.cases.contains(&case.id));
    let findings = covered.flat_map(|case| &case.findings).filter(|finding| finding.requirement == became.entry);
    let mut actuals: Vec<&str> = findings.map(|finding| finding.actual.as_str()).collect();
    actuals.dedup();
    match actuals.as_slice() {
        [actual] => {
            // What stands behind it on the line is a comment, and stays.
            let comment = table.get("actual").and_then(Item::as_value).map(|old| old.decor().clone());
            let mut pinned = Value::from(*actual);
            *pinned.decor_mut() = comment.unwrap_or_default();
            table["actual"] = Item::Value(pinned);
        }
        _ => drop(table.remove("actual")),
    }
}

/// What departs and is on no list, or keeps a case from telling anything: each requirement with its cases.
fn unlisted(report: &Report) -> BTreeMap<&'static str, Vec<&str>> {
    let is_listed = |requirement: &str| {
        let states = [KnownState::Differs, KnownState::Expired];
        report.known.iter().any(|entry| entry.entry == requirement && states.contains(&entry.state))
    };
    let found = |case: &CaseReport| {
        let findings = case.findings.iter().filter(|finding| finding.known.is_none());
        let rests_on = case.inconclusive.as_ref().and_then(|inconclusive| inconclusive.rests_on);
        let rests_on = rests_on.filter(|_| case.verdict == crate::verdict::Verdict::Inconclusive);
        findings.map(|finding| finding.requirement).chain(rests_on).collect::<Vec<_>>()
    };
    let mut unlisted: BTreeMap<&'static str, Vec<&str>> = BTreeMap::new();
    for case in &report.cases {
        for requirement in found(case) {
            let cases = unlisted.entry(requirement).or_default();
            if !cases.contains(&case.id.as_str()) {
                cases.push(&case.id);
            }
        }
    }
    unlisted.retain(|requirement, _| !is_listed(requirement));
    unlisted
}
