//! The form that every API's deviations have: an enum whose variants are the entries of the API's catalogue; and how a
//! server has them.

use std::collections::HashSet;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

/// Which deviations a server came to where it would have departed, had it had them. What it answered without ever coming to
/// one it would have answered with it as well.
#[derive(Debug, Clone)]
pub struct Asked<Deviation>(Arc<Mutex<HashSet<Deviation>>>);

impl<Deviation: Copy + Eq + Hash> Asked<Deviation> {
    /// Those so far.
    pub fn so_far(&self) -> HashSet<Deviation> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl<Deviation> Default for Asked<Deviation> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

/// The deviations of one server.
#[derive(Debug)]
pub(crate) struct Deviations<Deviation> {
    chosen: HashSet<Deviation>,
    asked: Option<Asked<Deviation>>,
}

impl<Deviation: Copy + Eq + Hash> Deviations<Deviation> {
    pub(crate) fn add(&mut self, deviations: impl IntoIterator<Item = Deviation>) {
        self.chosen.extend(deviations);
    }

    pub(crate) fn tell(&mut self, asked: &Asked<Deviation>) {
        self.asked = Some(asked.clone());
    }

    /// Whether the server departs in this way.
    pub(crate) fn contains(&self, deviation: Deviation) -> bool {
        if let Some(Asked(asked)) = &self.asked {
            asked.lock().unwrap_or_else(PoisonError::into_inner).insert(deviation);
        }
        self.chosen.contains(&deviation)
    }
}

impl<Deviation> Default for Deviations<Deviation> {
    fn default() -> Self {
        Self { chosen: HashSet::new(), asked: None }
    }
}

/// Declares `Deviation` from pairs of variant and id, and the tests that hold it equal to the API's catalogue. What each
/// one means stands once, there.
macro_rules! deviations {
    (of $api:path; $($variant:ident = $id:literal,)+) => {
        /// A named way to depart from the document. What each one means and breaks is told in the catalogue, the API's
        /// `deviations.toml`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Deviation {
            $(#[doc = concat!("`", $id, "`")] $variant,)+
        }

        impl Deviation {
            /// Every deviation, in the order of the catalogue.
            pub const ALL: &[Deviation] = &[$(Deviation::$variant,)+];

            /// The id that the catalogue has it under.
            pub const fn id(self) -> &'static str {
                match self {
                    $(Deviation::$variant => $id,)+
                }
            }

            /// The deviation of that id.
            pub fn from_id(id: &str) -> Option<Deviation> {
                Deviation::ALL.iter().copied().find(|deviation| deviation.id() == id)
            }

            /// The deviations that were seen in a release.
            pub fn of(release: &probity_fixtures::Release) -> impl Iterator<Item = Deviation> {
                release.departures.iter().filter_map(|departure| Deviation::from_id(departure.deviation.id))
            }
        }

        #[cfg(test)]
        mod tests {
            use super::Deviation;

            #[test]
            fn the_switches_are_the_catalogue_in_its_order() {
                let switches: Vec<_> = Deviation::ALL.iter().map(|deviation| deviation.id()).collect();
                let catalogue: Vec<_> = $api.deviations.iter().map(|deviation| deviation.id).collect();
                assert_eq!(switches, catalogue);
            }

            #[test]
            fn an_id_names_its_deviation() {
                for deviation in Deviation::ALL {
                    assert_eq!(Deviation::from_id(deviation.id()), Some(*deviation));
                }
                assert_eq!(Deviation::from_id("unheard-of"), None);
            }

            #[test]
            fn a_release_has_all_its_deviations() {
                for release in $api.releases {
                    assert_eq!(Deviation::of(release).count(), release.departures.len(), "{}", release.name);
                }
            }
        }
    };
}

pub(crate) use deviations;
