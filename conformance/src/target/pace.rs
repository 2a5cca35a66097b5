//! Keeps the distance between requests that a target's `rate` asks for.

use std::num::NonZeroU32;
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// The distance between two requests.
pub struct Pace {
    distance: Duration,
    next: Mutex<Option<Instant>>,
}

impl Pace {
    /// As fast as the answers come.
    pub fn unlimited() -> Self {
        Self { distance: Duration::ZERO, next: Mutex::new(None) }
    }

    /// At most so many requests a minute, evenly spread.
    pub fn per_minute(requests: NonZeroU32) -> Self {
        Self { distance: Duration::from_secs(60) / requests.get(), next: Mutex::new(None) }
    }

    /// How many requests a minute it lets through; none when there is no bound.
    pub fn rate(&self) -> Option<u64> {
        self.distance().map(|distance| (60.0 / distance.as_secs_f64()).round() as u64)
    }

    /// The distance between two requests, where one is kept.
    pub fn distance(&self) -> Option<Duration> {
        Some(self.distance).filter(|distance| !distance.is_zero())
    }

    /// Waits until the next request may go out.
    pub async fn wait(&self) {
        if self.distance.is_zero() {
            return;
        }
        let now = Instant::now();
        let turn = {
            // A poisoned lock holds a time as good as any other.
            let mut next = self.next.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            let turn = next.map_or(now, |next| next.max(now));
            *next = Some(turn + self.distance);
            turn
        };
        tokio::time::sleep_until(turn.into()).await;
    }
}
