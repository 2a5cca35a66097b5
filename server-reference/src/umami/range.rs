//! The time that a query asks about.

use super::faults::Faults;
use super::number;
use std::collections::HashMap;

/// Between two moments, which belong to it; in milliseconds since 1970. It may end before it begins, and holds nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Range {
    pub(super) start: i64,
    pub(super) end: i64,
}

impl Range {
    pub(super) fn read(query: &HashMap<String, String>, faults: &mut Faults) -> Option<Self> {
        let (Some(start), Some(end)) = (query.get("startAt"), query.get("endAt")) else {
            faults.push("Either startAt+endAt or startDate+endDate must be provided");
            return None;
        };
        let start = faults.check("startAt", number::number(number::in_text(start)));
        let end = faults.check("endAt", number::number(number::in_text(end)));
        Some(Self { start: start? as i64, end: end? as i64 })
    }

    pub(super) fn holds(self, time: i64) -> bool {
        self.start <= time && time <= self.end
    }

    /// The range of the same length that ends where this one begins.
    pub(super) fn before(self) -> Self {
        let length = self.end.saturating_sub(self.start);
        Self { start: self.start.saturating_sub(length), end: self.start.saturating_sub(1) }
    }
}
