//! What a run tells of each requirement.

use crate::engine::Outcome;
use crate::known::Known;
use crate::report::{CaseReport, Observation, RequirementReport};
use crate::trace::Traced;
use crate::verdict::{self, Verdict};
use probity_fixtures::{Api, Requirement};
use std::collections::{BTreeMap, BTreeSet};

/// The requirements that a case asserted, or observed.
pub(super) fn exercised(outcomes: &[Outcome]) -> BTreeSet<&'static str> {
    outcomes.iter().flat_map(exercised_by).collect()
}

pub(super) fn exercised_by(outcome: &Outcome) -> impl Iterator<Item = &'static str> {
    let asserted = outcome.assertions.iter().map(|assertion| assertion.requirement.id);
    asserted.chain(outcome.observations.iter().map(|(requirement, _)| requirement.id))
}

pub(super) fn requirement_reports(
    traced: Vec<Traced>,
    outcomes: &[Outcome],
    cases: &[CaseReport],
    known: &Known,
) -> Vec<RequirementReport> {
    let exercised: BTreeMap<&str, BTreeSet<&str>> =
        outcomes.iter().map(|outcome| (outcome.case.id.as_ref(), exercised_by(outcome).collect())).collect();
    let verdict = |requirement: &Requirement, case: &CaseReport| {
        let finding = case.findings.iter().find(|finding| finding.requirement == requirement.id);
        match finding {
            Some(finding) => verdict::of_finding(requirement, &case.id, &finding.actual, known),
            None if exercised.get(case.id.as_str()).is_some_and(|ids| ids.contains(requirement.id)) => Verdict::Pass,
            None if case.verdict == Verdict::Skip => Verdict::Skip,
            None => Verdict::Inconclusive,
        }
    };
    let report = traced.into_iter().map(|Traced { requirement, mutants, mut releases, .. }| {
        releases.dedup_by_key(|(release, _)| *release);
        let covering: Vec<_> = cases.iter().filter(|case| case.requirements.contains(&requirement.id)).collect();
        RequirementReport {
            id: requirement.id,
            level: requirement.level.as_str(),
            section: requirement.section,
            cited: requirement.citation(),
            says: requirement.says,
            verdict: covering.iter().map(|case| verdict(requirement, case)).max().unwrap_or(Verdict::Skip),
            cases: covering.iter().map(|case| case.id.clone()).collect(),
            mutants,
            releases: releases.into_iter().map(|(release, _)| release).collect(),
            untestable: requirement.untestable,
        }
    });
    report.collect()
}

pub(super) fn observations(apis: &[&'static Api], outcomes: &[Outcome]) -> Vec<Observation> {
    let all = apis.iter().flat_map(|api| api.requirements);
    let open = all.filter_map(|requirement| requirement.question.map(|question| (*requirement, question)));
    let seen = |(requirement, question): (&'static Requirement, &'static str)| {
        outcomes.iter().flat_map(move |outcome| {
            let of_it = outcome.observations.iter().filter(move |(observed, _)| *observed == requirement);
            of_it.map(move |(_, value)| Observation {
                requirement: requirement.id,
                question,
                value: outcome.secrets.mask_briefly(value),
            })
        })
    };
    open.flat_map(seen).collect()
}

/// A passing case asserts what it declares, and nothing else.
pub(super) fn coverage_errors(outcome: &Outcome) -> Vec<String> {
    if outcome.stop.is_some() || outcome.suite_error.is_some() {
        return Vec::new();
    }
    let declared: BTreeSet<_> = outcome.case.requirements.iter().map(|requirement| requirement.id).collect();
    let exercised: BTreeSet<_> = exercised_by(outcome).collect();
    let id = &outcome.case.id;
    let idle =
        declared.difference(&exercised).map(|r| format!("{id}: declares {r} and neither asserts nor observes it"));
    let undeclared =
        exercised.difference(&declared).map(|r| format!("{id}: asserts or observes {r}, which it does not declare"));
    idle.chain(undeclared).collect()
}
