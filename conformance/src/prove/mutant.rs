//! A mutant: a server that is wrong in one thing, and the requirements that it breaks by it.

use super::structural;
use crate::plan::Aim;
use crate::run::Alteration;
use crate::suite::Suite;
use probity_fixtures::{Api, Deviation, Requirement};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// One way in which a server is wrong.
pub struct Mutant {
    /// `umami.any-password`, a deviation's; or `umami.login.2XX:/token:gone`, a change of an answer.
    pub id: String,
    /// What such a server does, in a sentence.
    pub says: String,
    /// The requirements that it breaks.
    pub breaks: Vec<&'static Requirement>,
    pub(super) fault: Fault,
}

pub(super) enum Fault {
    /// The reference server departs.
    Deviation(&'static Deviation),
    /// Its answers are changed on their way to the case.
    Change {
        change: Alteration,
        /// How many answers it has changed so far.
        changed: Arc<AtomicUsize>,
    },
}

impl Mutant {
    /// All mutants of an API: the changes of its answers that `openapi.yaml` forbids, and the catalogue's deviations.
    pub fn all(api: &'static Api) -> Vec<Self> {
        structural::mutants(api).into_iter().chain(api.deviations.iter().map(Self::of_deviation)).collect()
    }

    fn of_deviation(deviation: &'static Deviation) -> Self {
        Self {
            id: deviation.id.to_owned(),
            says: deviation.says.to_owned(),
            breaks: deviation.breaks.to_vec(),
            fault: Fault::Deviation(deviation),
        }
    }

    /// Whether it is a deviation of the reference server, which a case should see by what that breaks and nothing else.
    pub fn is_deviation(&self) -> bool {
        matches!(self.fault, Fault::Deviation(_))
    }

    /// Our own server, wrong in this.
    pub(super) fn aim(&self, suite: &'static Suite) -> Aim {
        match &self.fault {
            Fault::Deviation(deviation) => Aim::deviating(suite, vec![deviation.id]),
            Fault::Change { change, .. } => {
                Aim::Embedded { suite, deviations: Vec::new(), alteration: Some(change.clone()) }
            }
        }
    }

    /// No answer came that it would have changed.
    pub(super) fn never_came_up(&self) -> bool {
        match &self.fault {
            Fault::Deviation(_) => false,
            Fault::Change { changed, .. } => changed.load(Ordering::Relaxed) == 0,
        }
    }
}
