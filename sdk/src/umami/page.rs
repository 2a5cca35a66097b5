//! Lists come in pages.

use serde::Deserialize;

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
