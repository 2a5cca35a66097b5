//! Lists that tell how long they are.

use serde::Deserialize;
use url::Url;

use crate::lenient::if_readable;
use crate::{Extent, InvalidField, Paging};

/// One page of a list. Unless set it holds 25; the most that can be set is 100.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct Page<T> {
    /// What is on this page.
    pub data: Vec<T>,
    /// Which page it is, and of how many.
    pub meta: Meta,
}

/// Which page it is, and of how many.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Meta {
    /// Which page this is, from 1.
    pub current_page: u64,
    /// How many a page holds.
    pub per_page: u64,
    /// How many pages there are.
    pub total_pages: u64,
    /// How many there are on all pages.
    pub total_count: u64,
    /// What the list is sorted by, where it can be told how to sort it.
    #[serde(default, deserialize_with = "if_readable")]
    pub sort: Option<String>,
}

impl<T> Page<T> {
    pub(super) fn extent(&self) -> Extent {
        Extent::counted(self.data.len(), self.meta.total_count)
    }
}

/// How many a page of monitors or incidents holds at most.
pub(super) const MOST: u32 = 100;

/// Writes what is set into the query, of a list whose pages hold `most` at most.
pub(super) fn append_to(
    url: &mut Url,
    paging: Paging,
    most: u32,
    options: &[(&str, Option<&str>)],
) -> Result<(), InvalidField> {
    paging.check(most)?;
    let numbers = [("page", paging.page), ("per_page", paging.page_size)];
    for (name, number) in numbers {
        if let Some(number) = number {
            url.query_pairs_mut().append_pair(name, &number.to_string());
        }
    }
    for (name, text) in options {
        if let Some(text) = text {
            url.query_pairs_mut().append_pair(name, text);
        }
    }
    Ok(())
}
