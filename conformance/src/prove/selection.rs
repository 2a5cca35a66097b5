//! Which mutants are put to which cases.

use super::Subject;
use super::mutant::Mutant;
use crate::case::Case;
use crate::plan::matches;
use crate::target::meant;

/// All of them, or those that `--only` asks for.
pub(super) struct Selection {
    only: Vec<String>,
}

impl Selection {
    /// # Errors
    /// In words, for a pattern that fits nothing.
    pub(super) fn new(subjects: &[Subject], only: &[String]) -> Result<Self, String> {
        let ids = || {
            let of = |subject| {
                let Subject { suite, cases, mutants, .. }: &Subject = subject;
                let cases = cases.iter().map(|case| case.id.as_ref());
                let requirements = suite.api.requirements.iter().map(|requirement| requirement.id);
                mutants.iter().map(|mutant| mutant.id.as_str()).chain(cases).chain(requirements)
            };
            subjects.iter().flat_map(of)
        };
        for pattern in only {
            if !is_of_null(pattern) && !ids().any(|id| matches(pattern, id)) {
                let meant = meant(pattern, ids());
                return Err(format!(
                    "--only {pattern}: there is no mutant, no case and no requirement of such an id{meant}; `list --matrix` shows all"
                ));
            }
        }
        Ok(Self { only: only.to_vec() })
    }

    /// Everything is tried.
    pub(super) fn is_whole(&self) -> bool {
        self.only.is_empty()
    }

    /// Whether one of the patterns means this.
    pub(super) fn asks_for(&self, id: &str) -> bool {
        self.only.iter().any(|pattern| matches(pattern, id))
    }

    /// Whether the mutant is put to the case.
    ///
    /// A change of an answer is put to the cases that assert what it breaks: nothing else can notice it. A deviation is put
    /// to all cases. Where less is asked for it is put to the cases that are meant; to all of them still, if one of these
    /// judges the shape of an operation, which any case may show more answers of.
    pub(super) fn takes(&self, subject: &Subject, mutant: &Mutant, case: &Case) -> bool {
        if self.is_whole() || self.asks_for(&mutant.id) {
            return mutant.is_deviation() || subject.judges(case, mutant);
        }
        let by_requirement = mutant.breaks.iter().any(|requirement| self.asks_for(requirement.id));
        let is_meant = |case: &Case| (by_requirement || self.asks_for(&case.id)) && subject.judges(case, mutant);
        let shape_is_meant = || subject.cases.iter().any(|case| case.shape_of.is_some() && is_meant(case));
        is_meant(case) || mutant.is_deviation() && shape_is_meant()
    }

    /// Whether the targets that prove nothing are tried at all.
    pub(super) fn with_nulls(&self) -> bool {
        self.is_whole() || self.only.iter().any(|pattern| is_of_null(pattern))
    }

    /// Whether this one is.
    pub(super) fn takes_null(&self, id: &str) -> bool {
        self.is_whole() || self.asks_for(id)
    }
}

fn is_of_null(pattern: &str) -> bool {
    pattern.starts_with("null.")
}
