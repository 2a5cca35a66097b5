//! Going through the pages of a list.

use std::fmt;

use super::Call;
use crate::{Error, Extent, Paged, RateLimit};

/// The pages of a list, one call each.
///
/// ```
/// # use probity::{Error, Paged, Pages};
/// async fn all<E: Paged>(mut pages: Pages<'_, E>) -> Result<Vec<E::Output>, Error<E::Refusal>> {
///     let mut all = Vec::new();
///     while let Some(page) = pages.next().await? {
///         all.push(page);
///     }
///     Ok(all)
/// }
/// ```
pub struct Pages<'a, E: Paged> {
    call: Call<'a, E>,
    next: Option<u32>,
    /// What was seen up to now.
    seen: Option<Seen>,
    rate_limit: Option<RateLimit>,
}

enum Seen {
    /// So many items, those before the first page that was asked for included.
    Items(u64),
    /// A page that begins with this item.
    First(String),
}

impl<'a, E: Paged> Call<'a, E> {
    /// Which page, from 1.
    pub fn page(mut self, page: u32) -> Self {
        self.endpoint.paging().page = Some(page);
        self
    }

    /// How many a page holds, from 1.
    pub fn page_size(mut self, page_size: u32) -> Self {
        self.endpoint.paging().page_size = Some(page_size);
        self
    }

    /// Goes through the pages, from the one that was set.
    pub fn pages(mut self) -> Pages<'a, E> {
        let next = Some(self.endpoint.paging().page.unwrap_or(1));
        Pages { call: self, next, seen: None, rate_limit: None }
    }
}

impl<E: Paged> Pages<'_, E> {
    /// The next page; `None` after the last.
    ///
    /// # Errors
    /// Those of the call. The page is still to come: `next` asks for it again.
    pub async fn next(&mut self) -> Result<Option<E::Output>, Error<E::Refusal>> {
        let Some(number) = self.next else { return Ok(None) };
        self.call.endpoint.paging().page = Some(number);
        let answer = self.call.send().await;
        self.rate_limit = match &answer {
            Ok(answer) => answer.rate_limit(),
            Err(error) => error.rate_limit(),
        };
        let page = answer?.value;
        let (is_empty, is_last) = self.follow(number, E::extent(&page));
        self.next = if is_last { None } else { number.checked_add(1) };
        Ok((!is_empty).then_some(page))
    }

    /// What the last answer told of the rate limit.
    pub fn rate_limit(&self) -> Option<RateLimit> {
        self.rate_limit
    }

    /// Whether the page that came has nothing new on it, and whether it is the last. An empty page ends the list whatever
    /// its count says: items may have been removed since.
    fn follow(&mut self, number: u32, extent: Extent) -> (bool, bool) {
        let (is_empty, is_last, seen) = match (extent, self.seen.take()) {
            // Counted, not reckoned from the size that the server tells: one that holds back part of a page would make the
            // list end early.
            (Extent::Counted { here, total }, seen) => {
                let here = u64::try_from(here).unwrap_or(u64::MAX);
                let before = match seen {
                    Some(Seen::Items(before)) => before,
                    _ => u64::from(number.saturating_sub(1)).saturating_mul(here),
                };
                let seen = before.saturating_add(here);
                (here == 0, here == 0 || seen >= total, Some(Seen::Items(seen)))
            }
            (Extent::Uncounted { first: None }, _) => (true, true, None),
            // The same page again: the server gives the whole list whichever page it is asked for.
            (Extent::Uncounted { first: Some(first) }, Some(Seen::First(before))) if before == first => {
                (true, true, None)
            }
            (Extent::Uncounted { first: Some(first) }, _) => (false, false, Some(Seen::First(first))),
        };
        self.seen = seen;
        (is_empty, is_last)
    }
}

impl<'a, E: Paged> fmt::Debug for Pages<'a, E>
where
    Call<'a, E>: fmt::Debug,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages").field("call", &self.call).field("next", &self.next).finish_non_exhaustive()
    }
}
