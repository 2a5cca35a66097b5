//! The second look: the SDK reads the same answers.

use crate::engine::Outcome;
use crate::exchange::Purpose;
use crate::report::Decoding;
use probity_fixtures::{Level, Operation};
use std::collections::BTreeMap;

/// Decodes every successful answer to a proper request as the SDK does. Where the document gives the whole answer, and the answer
/// meets every `must`, an SDK that cannot decode it is an error of the suite.
pub(super) fn decodings(outcomes: &[Outcome], errors: &mut Vec<String>) -> Vec<Decoding> {
    let mut decodings: BTreeMap<&'static str, Decoding> = BTreeMap::new();
    for outcome in outcomes {
        let judged = outcome.exchanges.iter().enumerate().filter(|(_, exchange)| exchange.purpose != Purpose::Faulty);
        for (place, exchange) in judged {
            let (Some(operation), Ok(response)) = (exchange.operation, &exchange.response) else { continue };
            if !response.status.is_success() {
                continue;
            }
            let Some(decoded) = (outcome.aim.suite().decode)(operation, response) else { continue };
            let decoding = Decoding { operation: operation.id, ok: true, error: None };
            let entry = decodings.entry(operation.id).or_insert(decoding);
            let Err(error) = decoded else { continue };
            let error = outcome.secrets.mask_briefly(&error);
            let judged = exchange.purpose == Purpose::Proper;
            if judged && operation.answer_is_stated && meets_every_must(outcome, operation, place) {
                errors.push(format!(
                    "{}: the SDK cannot decode what {} answers as documented: {error}",
                    outcome.case.id, operation.id
                ));
            }
            entry.ok = false;
            entry.error.get_or_insert(error);
        }
    }
    decodings.into_values().collect()
}

fn meets_every_must(outcome: &Outcome, operation: &Operation, exchange: usize) -> bool {
    !outcome.departures.iter().any(|(of, departure, place)| {
        *of == operation && *place == exchange && departure.requirement.level == Level::Must
    })
}
