//! Going through the pages of a list.

use super::{Error, Page, Website, Websites};
use crate::Call;

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
#[derive(Debug)]
pub struct Pages<'a> {
    call: Call<'a, Websites>,
    next: Option<u32>,
    /// How many websites the pages up to now hold, those before the first that was asked for included.
    seen: Option<u64>,
}

impl<'a> Pages<'a> {
    pub(super) fn new(call: Call<'a, Websites>) -> Self {
        let next = Some(call.endpoint.page.unwrap_or(1));
        Self { call, next, seen: None }
    }

    /// The next page; `None` after the last.
    ///
    /// # Errors
    /// Those of the call. The page is still to come: `next` asks for it again.
    pub async fn next(&mut self) -> Result<Option<Page<Website>>, Error> {
        let Some(number) = self.next else { return Ok(None) };
        self.call.endpoint.page = Some(number);
        let page = self.call.send().await?;
        // Counted, not reckoned from the size that the server tells: one that holds back part of a page would make the
        // list end early.
        let here = u64::try_from(page.data.len()).unwrap_or(u64::MAX);
        let before = self.seen.unwrap_or_else(|| u64::from(number.saturating_sub(1)).saturating_mul(here));
        let seen = before.saturating_add(here);
        self.seen = Some(seen);
        // An empty page ends the list whatever its count says: websites may have been removed since.
        let is_last = here == 0 || seen >= page.count;
        self.next = if is_last { None } else { number.checked_add(1) };
        Ok((here > 0).then_some(page))
    }
}
