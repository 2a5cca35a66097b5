//! Stretches of time.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use url::Url;

/// A stretch of time, in whole milliseconds, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    start: u64,
    end: u64,
}

impl Range {
    /// From so long ago until now, by this machine's clock. What a server whose clock is ahead has just counted may be
    /// outside.
    pub fn last(duration: Duration) -> Self {
        let now = SystemTime::now();
        Self::between(now.checked_sub(duration).unwrap_or(UNIX_EPOCH), now)
    }

    /// Between two moments, whichever is the earlier. What is before 1970 counts as 1970.
    pub fn between(one: SystemTime, other: SystemTime) -> Self {
        // Servers answer a range that runs backwards with zeros.
        let (start, end) = if one <= other { (one, other) } else { (other, one) };
        Self { start: millis(start), end: millis(end) }
    }

    pub(super) fn append_to(self, url: &mut Url) {
        let (start, end) = (self.start.to_string(), self.end.to_string());
        url.query_pairs_mut().append_pair("startAt", &start).append_pair("endAt", &end);
    }
}

fn millis(moment: SystemTime) -> u64 {
    let since = moment.duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
