//! Pages of lists.

use super::faults::Faults;
use super::number::positive;
use std::collections::HashMap;

/// How many entries a page may have.
const LARGEST: usize = 1000;

/// The part of a list that a query asks for.
pub(super) struct Page<'a> {
    /// From 1.
    pub(super) number: usize,
    pub(super) size: usize,
    pub(super) search: Option<&'a str>,
    /// What is searched for, in lower case.
    sought: Option<String>,
}

impl<'a> Page<'a> {
    pub(super) fn read(query: &'a HashMap<String, String>, faults: &mut Faults) -> Option<Self> {
        let mut asked = |name, most, default| match query.get(name) {
            Some(text) => faults.check(name, positive(text, most)),
            None => Some(default),
        };
        let (number, size) = (asked("page", usize::MAX, 1), asked("pageSize", LARGEST, 20));
        let search = query.get("search").map(String::as_str);
        Some(Self { number: number?, size: size?, search, sought: search.map(str::to_lowercase) })
    }

    /// How many entries come before it.
    pub(super) fn start(&self) -> usize {
        (self.number - 1).saturating_mul(self.size)
    }

    /// Whether one of the texts holds what is searched for, in upper or lower case.
    pub(super) fn finds<const N: usize>(&self, texts: [&str; N]) -> bool {
        let Some(sought) = &self.sought else { return true };
        texts.into_iter().any(|text| text.to_lowercase().contains(sought))
    }
}
