//! From a statement of a document to what shows it: its lines, the cases that assert it, the mutants that prove that these
//! can fail, and the releases that depart from it.

use crate::case::Case;
use crate::prove::matrix;
use crate::suite::Suite;
use probity_fixtures::{Level, Requirement};
use std::collections::BTreeSet;

/// A requirement, and all that rests on it.
#[derive(Debug, Clone)]
pub struct Traced {
    /// The requirement.
    pub requirement: &'static Requirement,
    /// The cases that assert it, or observe it where it is open.
    pub cases: Vec<String>,
    /// The mutants that some case notices by it, as the committed matrix has it.
    pub mutants: Vec<String>,
    /// The releases that depart from it, each with the deviation by which it does.
    pub releases: Vec<(&'static str, &'static str)>,
}

impl Traced {
    /// What is missing between the statement and its proof, in words.
    pub fn lacks(&self) -> Option<String> {
        let Requirement { id, level, untestable, .. } = self.requirement;
        match level {
            _ if untestable.is_some() => None,
            _ if self.cases.is_empty() => Some(format!("{id} has no case, and does not say why it is untestable")),
            Level::Open => None,
            _ if self.mutants.is_empty() => Some(format!("{id} has no mutant that a case notices by it")),
            _ => None,
        }
    }
}

/// Every requirement of an API, in the order of its document.
///
/// # Errors
/// In words, when the committed matrix is none.
pub fn trace(suite: &Suite) -> Result<Vec<Traced>, String> {
    let name = suite.api.name;
    let kills = matrix::read(suite.proof.matrix).map_err(|what| format!("matrix/{name}.txt: {what}"))?;
    let cases = (suite.cases)();
    let of = |requirement: &&'static Requirement| {
        let covers = |case: &&Case| case.requirements.contains(requirement);
        let mutants = kills.iter().filter(|kill| kill.requirement == requirement.id).map(|kill| kill.mutant.clone());
        let releases = suite.api.releases.iter().flat_map(|release| {
            let broken = release.departures.iter().map(|departure| departure.deviation);
            let broken = broken.filter(|deviation| deviation.breaks.contains(requirement));
            broken.map(|deviation| (release.name, deviation.id))
        });
        Traced {
            requirement,
            cases: cases.iter().filter(covers).map(|case| case.id.to_string()).collect(),
            mutants: mutants.collect::<BTreeSet<_>>().into_iter().collect(),
            releases: releases.collect(),
        }
    };
    Ok(suite.api.requirements.iter().map(of).collect())
}
