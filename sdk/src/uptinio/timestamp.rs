//! Moments.

use std::fmt;
use std::time::SystemTime;

use serde::Deserialize;

use crate::rfc3339;

/// A moment, as the server writes it: `2026-01-02T03:04:05Z`, or with parts of a second.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(String);

impl Timestamp {
    /// The text as it came.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The moment. `None` where the text is no date of RFC 3339.
    ///
    /// ```
    /// # use std::time::{Duration, UNIX_EPOCH};
    /// # use probity::uptinio::Timestamp;
    /// let moment: Timestamp = serde_json::from_str(r#""2026-01-02T03:04:05.678Z""#)?;
    /// assert_eq!(moment.time(), Some(UNIX_EPOCH + Duration::from_millis(1_767_323_045_678)));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn time(&self) -> Option<SystemTime> {
        rfc3339::parse(&self.0)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}
