//! Going through the pages of a list.

use std::fmt;

use super::{Page, Paged};
use crate::{Call, Error};

/// The pages of a list, one call each.
///
/// ```no_run
/// # async fn example(session: probity::umami::Session) -> Result<(), probity::umami::Error> {
/// let mut pages = session.websites().page_size(100).pages();
/// while let Some(page) = pages.next().await? {
///     for website in page.data {
///         println!("{} {}", website.id, website.name);
///     }
/// }
/// # Ok(())
/// # }
/// ```
pub struct Pages<'a, E: Paged> {
    call: Call<'a, E>,
    next: Option<u32>,
    /// How many items the pages up to now hold, those before the first that was asked for included.
    seen: Option<u64>,
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

    /// Only what has this text in it: a website in its name or domain, an event in its name or path.
    pub fn search(mut self, text: impl Into<String>) -> Self {
        self.endpoint.paging().search = Some(text.into());
        self
    }

    /// Goes through the pages, from the one that was set.
    pub fn pages(mut self) -> Pages<'a, E> {
        let next = Some(self.endpoint.paging().page.unwrap_or(1));
        Pages { call: self, next, seen: None }
    }
}

impl<E: Paged> Pages<'_, E> {
    /// The next page; `None` after the last.
    ///
    /// # Errors
    /// Those of the call. The page is still to come: `next` asks for it again.
    pub async fn next(&mut self) -> Result<Option<Page<E::Item>>, Error<E::Refusal>> {
        let Some(number) = self.next else { return Ok(None) };
        self.call.endpoint.paging().page = Some(number);
        let page = self.call.send().await?;
        // Counted, not reckoned from the size that the server tells: one that holds back part of a page would make the
        // list end early.
        let here = u64::try_from(page.data.len()).unwrap_or(u64::MAX);
        let before = self.seen.unwrap_or_else(|| u64::from(number.saturating_sub(1)).saturating_mul(here));
        let seen = before.saturating_add(here);
        self.seen = Some(seen);
        // An empty page ends the list whatever its count says: items may have been removed since.
        let is_last = here == 0 || seen >= page.count;
        self.next = if is_last { None } else { number.checked_add(1) };
        Ok((here > 0).then_some(page))
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
