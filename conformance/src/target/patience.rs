//! How long a run waits for what a target does in its own time, such as showing an event that it has registered.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// What is left of the time that may be waited for nothing.
pub struct Patience(Mutex<Duration>);

impl Patience {
    /// A minute in all: a deployment that stores nothing is found out sooner.
    pub fn of_a_run() -> Self {
        Self(Mutex::new(Duration::from_secs(60)))
    }

    /// How much is left.
    pub fn left(&self) -> Duration {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a wait that was for nothing from what is left.
    pub fn lose(&self, waited: Duration) {
        let mut left = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *left = left.saturating_sub(waited);
    }
}
