//! What a case departs from, by the first exchange that shows it. Whatever tells of a run's departures starts here.

use crate::engine::Outcome;
use crate::run::Stop;
use probity_fixtures::Requirement;
use std::borrow::Borrow;

/// A requirement that a case departs from.
pub(crate) struct Departed<'o> {
    /// The requirement.
    pub(crate) requirement: &'static Requirement,
    /// What was expected, in words that may hold secrets.
    pub(crate) expected: &'o str,
    /// What came, in words that may hold secrets.
    pub(crate) actual: &'o str,
    /// The case whose exchange shows it: another one, where an operation's shape is judged.
    pub(crate) shown_by: &'o Outcome,
    /// The exchange's place in that case.
    pub(crate) exchange: usize,
}

/// What a case departs from: what it asserted itself, and for the case of an operation's shape what the answers to that
/// operation showed in all other cases. Once per requirement: the first exchange that shows it stands for all.
pub(crate) fn departed<'o>(outcome: &'o Outcome, all: &'o [impl Borrow<Outcome>]) -> Vec<Departed<'o>> {
    let asserted = outcome.assertions.iter().filter_map(|assertion| {
        Some(Departed {
            requirement: assertion.requirement,
            expected: &assertion.expected,
            actual: assertion.actual.as_deref()?,
            shown_by: outcome,
            exchange: assertion.exchange,
        })
    });
    let played = !matches!(outcome.stop, Some(Stop::Skip(_)));
    let judged = outcome.case.shape_of.filter(|_| played);
    let others =
        all.iter().map(Borrow::borrow).filter(|other| other.aim.suite().api.name == outcome.aim.suite().api.name);
    let of_shape = others.flat_map(|other| {
        let of_operation = other.departures.iter().filter(move |(operation, ..)| Some(*operation) == judged);
        of_operation.map(move |(_, departure, exchange)| Departed {
            requirement: departure.requirement,
            expected: &departure.expected,
            actual: &departure.actual,
            shown_by: other,
            exchange: *exchange,
        })
    });
    let mut departed: Vec<Departed<'o>> = Vec::new();
    for one in asserted.chain(of_shape) {
        if !departed.iter().any(|already| already.requirement == one.requirement) {
            departed.push(one);
        }
    }
    departed
}
