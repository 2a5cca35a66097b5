//! The time that a server believes it is.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

/// A handle on the time of a server: what it signs into tokens and compares with. Clones share one time.
///
/// The bounds of [`Limits`](crate::Limits) are about sockets, and count in real time whatever the clock says.
#[derive(Debug, Clone)]
pub struct Clock {
    standing_at: Option<SystemTime>,
    nanos_ahead: Arc<AtomicU64>,
}

impl Clock {
    /// The system's time.
    pub fn system() -> Self {
        Self { standing_at: None, nanos_ahead: Arc::default() }
    }

    /// The present moment, until it is [advanced](Self::advance).
    pub fn standing() -> Self {
        Self { standing_at: Some(SystemTime::now()), nanos_ahead: Arc::default() }
    }

    /// The time it is.
    pub fn now(&self) -> SystemTime {
        let ahead = Duration::from_nanos(self.nanos_ahead.load(Ordering::SeqCst));
        self.standing_at.unwrap_or_else(SystemTime::now) + ahead
    }

    /// The time it is, in whole seconds since 1970, as tokens and cookies have it.
    pub(crate) fn seconds(&self) -> u64 {
        self.now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs()
    }

    /// Moves the time forward; a clock that stands goes on standing there. All moves together come to 584 years at
    /// most, and stop there.
    pub fn advance(&self, by: Duration) {
        let by = u64::try_from(by.as_nanos()).unwrap_or(u64::MAX);
        let moved = |ahead: u64| Some(ahead.saturating_add(by));
        let _always_moved = self.nanos_ahead.fetch_update(Ordering::SeqCst, Ordering::SeqCst, moved);
    }
}

/// A time in whole seconds, rounded up, so that it is over when so many have passed.
pub(crate) fn whole_seconds(time: Duration) -> u64 {
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_standing_clock_moves_only_when_it_is_advanced() {
        let clock = Clock::standing();
        let before = clock.now();
        assert_eq!(clock.now(), before);
        clock.advance(Duration::from_secs(60));
        assert_eq!(clock.now(), before + Duration::from_secs(60));
    }

    #[test]
    fn the_system_clock_runs_and_can_be_advanced_too() {
        let clock = Clock::system();
        clock.advance(Duration::from_secs(3600));
        assert!(clock.now() >= SystemTime::now() + Duration::from_secs(3599));
    }

    #[test]
    fn no_move_is_too_far() {
        let clock = Clock::standing();
        clock.advance(Duration::MAX);
        clock.advance(Duration::MAX);
        assert!(clock.now() > SystemTime::now());
    }
}
