//! Lists come in pages.

use crate::endpoint::Endpoint;
#[cfg(any(feature = "umami", feature = "uptinio"))]
use crate::{FieldProblem, InvalidField};

/// Which part of a list is asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Paging {
    /// Which page, from 1. The first unless set.
    pub page: Option<u32>,
    /// How many a page holds, from 1. Unless set, the server decides; each operation tells what is known of that.
    pub page_size: Option<u32>,
}

#[cfg(any(feature = "umami", feature = "uptinio"))]
impl Paging {
    /// Whether a server that lets a page hold `most` takes it.
    pub(crate) fn check(self, most: u32) -> Result<(), InvalidField> {
        for (field, number, most) in [("page", self.page, u32::MAX), ("page_size", self.page_size, most)] {
            match number {
                Some(0) => return Err(InvalidField::new(field, FieldProblem::Zero)),
                Some(number) if number > most => return Err(InvalidField::new(field, FieldProblem::TooMany { most })),
                _ => {}
            }
        }
        Ok(())
    }
}

/// An operation that answers with a list, a page at a time.
pub trait Paged: Endpoint {
    /// Which part of the list is asked for.
    fn paging(&mut self) -> &mut Paging;

    /// How much of the list an answer holds.
    fn extent(page: &Self::Output) -> Extent;
}

/// How much of a list a page holds.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Extent {
    /// The server tells how many there are on all pages.
    #[non_exhaustive]
    Counted {
        /// How many are on this page.
        here: usize,
        /// How many are on all pages.
        total: u64,
    },
    /// It does not.
    #[non_exhaustive]
    Uncounted {
        /// The first on this page, by its id; none on an empty page.
        first: Option<String>,
    },
}

impl Extent {
    /// Of a list whose length the server tells.
    pub fn counted(here: usize, total: u64) -> Self {
        Extent::Counted { here, total }
    }

    /// Of a list whose length it does not tell: `first` is the id of the first on the page.
    pub fn uncounted(first: Option<impl Into<String>>) -> Self {
        Extent::Uncounted { first: first.map(Into::into) }
    }
}
