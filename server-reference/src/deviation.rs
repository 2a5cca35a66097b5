//! The form that every API's deviations have: an enum whose variants are the entries of the API's catalogue.

/// Declares `Deviation` from pairs of variant and id. What each one means stands once, in the catalogue.
macro_rules! deviations {
    ($($variant:ident = $id:literal,)+) => {
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
    };
}

pub(crate) use deviations;
