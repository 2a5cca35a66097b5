//! Lists come in pages.

use serde::Deserialize;
use url::Url;

use crate::endpoint::Endpoint;

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Page<T> {
    /// What is on this page.
    pub data: Vec<T>,
    /// How many there are on all pages.
    pub count: u64,
    /// Which page this is, from 1.
    pub page: u32,
    /// How many a page holds.
    pub page_size: u32,
}

/// Which part of a list is asked for.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Paging {
    /// Which page, from 1. The first unless set.
    pub page: Option<u32>,
    /// How many a page holds, from 1. Unless set, 20 since 3.0 and 10 before.
    pub page_size: Option<u32>,
    /// Only what has this text in it: a website in its name or domain, an event in its name or path.
    pub search: Option<String>,
}

impl Paging {
    /// Writes what is set into the query.
    pub(super) fn append_to(&self, url: &mut Url) {
        let options = [
            ("page", self.page.map(|page| page.to_string())),
            ("pageSize", self.page_size.map(|size| size.to_string())),
            ("search", self.search.clone()),
        ];
        for (name, value) in options {
            if let Some(value) = value {
                url.query_pairs_mut().append_pair(name, &value);
            }
        }
    }
}

/// An operation that answers with a list, a page at a time.
pub trait Paged: Endpoint<Output = Page<Self::Item>> {
    /// What the list is of.
    type Item: Send;

    /// Which part of the list is asked for.
    fn paging(&mut self) -> &mut Paging;
}
