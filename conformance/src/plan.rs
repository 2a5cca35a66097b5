//! Which cases run against which target, in which order, and why some do not.

use crate::case::{Case, Effect, Instead};
use crate::run::Alteration;
use crate::suite::Suite;
use crate::target::Target;
use std::sync::Arc;
use thiserror::Error;

/// What the cases of one API are put to.
pub enum Aim {
    /// A reference server in this process, started anew for each case.
    Embedded {
        /// The API.
        suite: &'static Suite,
        /// The deviations that it is started with.
        deviations: Vec<&'static str>,
        /// What becomes of its responses on their way to the case.
        alteration: Option<Alteration>,
    },
    /// A deployment.
    External(Arc<Target>),
}

impl Aim {
    /// Our own server, which does what the document says.
    pub fn embedded(suite: &'static Suite) -> Self {
        Self::deviating(suite, Vec::new())
    }

    /// Our own server, with these deviations.
    pub fn deviating(suite: &'static Suite, deviations: Vec<&'static str>) -> Self {
        Self::Embedded { suite, deviations, alteration: None }
    }

    /// The API that is aimed at.
    pub fn suite(&self) -> &'static Suite {
        match self {
            Aim::Embedded { suite, .. } => suite,
            Aim::External(target) => target.suite,
        }
    }

    /// Whether it is our own server, without a deviation, and its responses come as it gives them.
    pub fn is_undeviated(&self) -> bool {
        matches!(self, Aim::Embedded { deviations, alteration: None, .. } if deviations.is_empty())
    }
}

/// The cases of a run, in the order in which they are played.
pub struct Plan {
    /// What is aimed at.
    pub aims: Vec<Arc<Aim>>,
    /// Every case that the filter lets through.
    pub jobs: Vec<Job>,
}

/// One case for one target.
pub struct Job {
    /// The case.
    pub case: Arc<Case>,
    /// What it is put to.
    pub aim: Arc<Aim>,
    /// Why it is not played, where it is not.
    pub skip: Option<String>,
}

impl Job {
    /// What the case does here: what it does instead, where its own effects are not allowed.
    pub fn effects(&self) -> &[Effect] {
        match (&*self.aim, &self.case.instead) {
            (Aim::External(target), Some(Instead { effect, .. }))
                if target.allow.contains(effect) && !forbidden(&self.case, target).is_empty() =>
            {
                std::slice::from_ref(effect)
            }
            _ => &self.case.effects,
        }
    }
}

/// A filter lets nothing through.
#[derive(Debug, Error, PartialEq, Eq)]
#[error(
    "--filter {pattern}: no case of this run has such an id, and none covers such a requirement; `list` shows both"
)]
pub struct EmptyFilter {
    pattern: String,
}

impl Plan {
    /// All cases of what is aimed at, or those that one of the patterns lets through.
    ///
    /// # Errors
    /// [`EmptyFilter`] for a pattern that lets nothing through.
    pub fn new(aims: Vec<Arc<Aim>>, patterns: &[String]) -> Result<Self, EmptyFilter> {
        let mut jobs = Vec::new();
        for aim in &aims {
            let mut cases = (aim.suite().cases)();
            if let Aim::External(_) = **aim {
                cases.sort_by_key(|case| case.effects.iter().filter(|e| **e >= Effect::Lockout).max().copied());
            }
            jobs.extend(cases.into_iter().map(|case| {
                let skip = why_skipped(&case, aim);
                Job { case: Arc::new(case), aim: Arc::clone(aim), skip }
            }));
        }
        for pattern in patterns {
            if !jobs.iter().any(|job| lets_through(pattern, &job.case)) {
                return Err(EmptyFilter { pattern: pattern.clone() });
            }
        }
        jobs.retain(|job| patterns.is_empty() || patterns.iter().any(|pattern| lets_through(pattern, &job.case)));
        Ok(Self { aims, jobs })
    }
}

fn why_skipped(case: &Case, aim: &Aim) -> Option<String> {
    let Aim::External(target) = aim else { return None };
    if let Some(lack) = target.lacks(&case.needs) {
        return Some(lack);
    }
    let forbidden = forbidden(case, target).join(",");
    match case.instead {
        _ if forbidden.is_empty() => None,
        Some(Instead { effect, key }) if target.allow.contains(&effect) && target.value(key).is_some() => None,
        Some(Instead { effect, key }) => {
            let effect = effect.as_str();
            Some(format!("allow it with --allow {forbidden}; or with --allow {effect}, and `{key}` set"))
        }
        None => Some(format!("allow it with --allow {forbidden}")),
    }
}

/// The effects of a case that a target does not allow.
fn forbidden(case: &Case, target: &Target) -> Vec<&'static str> {
    let forbidden = case.effects.iter().filter(|effect| !target.allow.contains(effect));
    forbidden.map(|effect| effect.as_str()).collect()
}

/// A pattern is a case's id, in which `*` stands for any text, or the id of a requirement that a case covers.
fn lets_through(pattern: &str, case: &Case) -> bool {
    matches(pattern, &case.id) || case.requirements.iter().any(|requirement| requirement.id == pattern)
}

/// Whether a text is what a pattern says, in which `*` stands for any text.
pub(crate) fn matches(pattern: &str, text: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(text) = text.strip_prefix(start) else { return false };
    text.char_indices().map(|(at, _)| &text[at..]).chain([""]).any(|tail| matches(rest, tail))
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn a_star_stands_for_any_text_the_empty_one_included() {
        assert!(matches("umami.login.*", "umami.login.shape"));
        assert!(matches("*.shape", "umami.login.shape"));
        assert!(matches("*login*shape*", "umami.login.shape"));
        assert!(matches("umami.login.shape*", "umami.login.shape"));
        assert!(!matches("umami.login", "umami.login.shape"));
        assert!(!matches("*.shape", "umami.login.shapes"));
    }
}
