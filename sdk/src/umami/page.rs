//! Lists come in pages.

use serde::Deserialize;
use url::Url;

use crate::{Extent, InvalidField, Paging};

/// One page of a list. Unless set, it holds 20 since 3.0, and 10 before.
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

impl<T> Page<T> {
    pub(super) fn extent(&self) -> Extent {
        Extent::counted(self.data.len(), self.count)
    }
}

/// Writes what is set into the query.
pub(super) fn append_to(url: &mut Url, paging: Paging, search: Option<&str>) -> Result<(), InvalidField> {
    paging.check(u32::MAX)?;
    let options = [
        ("page", paging.page.map(|page| page.to_string())),
        ("pageSize", paging.page_size.map(|size| size.to_string())),
        ("search", search.map(str::to_owned)),
    ];
    for (name, value) in options {
        if let Some(value) = value {
            url.query_pairs_mut().append_pair(name, &value);
        }
    }
    Ok(())
}
