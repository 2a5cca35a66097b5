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
}

impl<'a> Pages<'a> {
    pub(super) fn new(call: Call<'a, Websites>) -> Self {
        let next = Some(call.endpoint.page.unwrap_or(1));
        Self { call, next }
    }

    /// The next page; `None` after the last.
    ///
    /// # Errors
    /// Those of the call. The page is still to come: `next` asks for it again.
    pub async fn next(&mut self) -> Result<Option<Page<Website>>, Error> {
        let Some(number) = self.next else { return Ok(None) };
        self.call.endpoint.page = Some(number);
        let page = self.call.send().await?;
        let seen = u64::from(number) * u64::from(page.page_size);
        // An empty page ends the list whatever its count says: websites may have been removed since.
        let is_last = page.data.is_empty() || seen >= page.count;
        self.next = if is_last { None } else { number.checked_add(1) };
        Ok(Some(page))
    }
}
