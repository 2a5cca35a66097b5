//! How long a run waits in all, beyond the answers themselves.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// What is left of a time that may be waited.
pub struct Patience(Mutex<Duration>);

impl Patience {
    /// For what a target does in its own time, such as showing an event that it has registered: a minute in all that may
    /// be waited for nothing. A deployment that stores nothing is found out sooner.
    pub fn with_nothing() -> Self {
        Self(Mutex::new(Duration::from_secs(60)))
    }

    /// For time itself to pass, such as until a code may be sent again: three minutes in all.
    pub fn with_time() -> Self {
        Self(Mutex::new(Duration::from_secs(180)))
    }

    /// For a target that holds the run off (429, 503): two minutes in all that may be waited in vain.
    pub fn with_refusals() -> Self {
        Self(Mutex::new(Duration::from_secs(120)))
    }

    /// For the end of a rate limit's window that an answer announces: a quarter of an hour in all.
    pub fn with_announcements() -> Self {
        Self(Mutex::new(Duration::from_secs(900)))
    }

    /// For targets that are known to prove nothing: none at all.
    pub(crate) fn none() -> Self {
        Self(Mutex::new(Duration::ZERO))
    }

    /// How much is left.
    pub fn left(&self) -> Duration {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a wait from what is left.
    pub fn lose(&self, waited: Duration) {
        let mut left = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *left = left.saturating_sub(waited);
    }
}
