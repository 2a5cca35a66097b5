//! What became of the entries of known lists.

use super::requirement::exercised_by;
use crate::engine::Outcome;
use crate::known::Known;
use crate::plan::Aim;
use crate::report::{CaseReport, KnownReport, KnownState};
use probity_fixtures::Requirement;

/// The cases of the whole suite that cover a requirement.
fn covering(aims: &[&Aim], requirement: &'static Requirement) -> Vec<String> {
    let cases = aims.iter().flat_map(|aim| (aim.suite().cases)());
    cases.filter(|case| case.requirements.contains(&requirement)).map(|case| case.id.into_owned()).collect()
}

pub(super) fn known_reports(
    aims: &[&Aim],
    known: &Known,
    outcomes: &[Outcome],
    cases: &[CaseReport],
) -> Vec<KnownReport> {
    let report = known.entries.iter().map(|entry| {
        let covers = |case: &str| entry.cases.is_empty() || entry.cases.iter().any(|listed| listed == case);
        let covered = || cases.iter().filter(|case| covers(&case.id));
        let found = || covered().flat_map(|case| &case.findings).filter(|f| f.requirement == entry.requirement.id);
        let rested_on = covered().any(|case| {
            let rests_on = case.inconclusive.as_ref().and_then(|inconclusive| inconclusive.rests_on);
            rests_on == Some(entry.requirement.id)
        });
        let departs = found().next().is_some() || rested_on;
        let differs = !rested_on && departs && !found().any(|finding| entry.fits(Some(&finding.actual)));
        // Every case that could show it has to have been played to its end, those of the whole suite.
        let to_its_end = |case: &str| {
            let outcome = outcomes.iter().find(|outcome| outcome.case.id == case);
            outcome.is_some_and(|o| o.stop.is_none() && exercised_by(o).any(|id| id == entry.requirement.id))
        };
        let could_show: Vec<_> = covering(aims, entry.requirement).into_iter().filter(|case| covers(case)).collect();
        let exercised = !could_show.is_empty() && could_show.iter().all(|case| to_its_end(case));
        let state = match () {
            () if entry.listed_before.is_some() => KnownState::Duplicate,
            () if entry.expired => KnownState::Expired,
            () if differs => KnownState::Differs,
            () if departs => KnownState::Departs,
            () if exercised => KnownState::Stale,
            () => KnownState::Unexercised,
        };
        KnownReport {
            entry: entry.requirement.id,
            state,
            place: entry.place.clone(),
            reason: entry.reason.clone(),
            link: entry.link.clone(),
        }
    });
    report.collect()
}
