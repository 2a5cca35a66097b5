//! Whether a call that came to nothing is made again, and after how long.

use std::time::Duration;

use http::StatusCode;

use crate::{ErrorKind, Refusal};

/// When a client makes a call again that came to nothing.
///
/// Unless set otherwise, a call is made up to 3 times within 30 seconds. Between two tries it waits as long as the server
/// asks, by `Retry-After` or until its rate limit resets, and otherwise for a random time that grows: from 0.2 seconds
/// up to three times the wait before it, and never over 10 seconds. A wait that would end after the 30 seconds is not begun: the
/// error then tells [how long it is](crate::Error::retry_after).
///
/// What is made again:
///
/// | what came of it | calls that are [safe to repeat](crate::endpoint::Endpoint::IDEMPOTENT) | all others |
/// |---|---|---|
/// | no connection | yes | yes: the server has not seen it |
/// | 429, or 503 with `Retry-After` | yes | yes: the server says that it has not done it |
/// | a connection that broke off, no answer in time; 408, 500, 502, 503, 504 | yes | only if [asked for](Retry::also_if_it_may_count_twice) |
/// | anything else | no | no |
///
/// A 429 that is no rate limit, as of a locked account, is never repeated.
///
/// ```
/// # use probity::Client;
/// use std::time::Duration;
///
/// use probity::Retry;
///
/// // For a job that may take its time while a deployment restarts:
/// let patient = Retry::default().attempts(20).within(Duration::from_secs(300));
/// let client = Client::builder("http://localhost:3000").retry(patient).build()?;
/// # Ok::<(), probity::ConfigurationError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retry {
    attempts: u32,
    within: Duration,
    first_wait: Duration,
    longest_wait: Duration,
    may_count_twice: bool,
}

impl Default for Retry {
    fn default() -> Self {
        Self {
            attempts: 3,
            within: Duration::from_secs(30),
            first_wait: Duration::from_millis(200),
            longest_wait: Duration::from_secs(10),
            may_count_twice: false,
        }
    }
}

impl Retry {
    /// No call is made again.
    pub fn never() -> Self {
        Self::default().attempts(1)
    }

    /// How often a call is made at most, the first time included.
    pub fn attempts(self, attempts: u32) -> Self {
        Self { attempts, ..self }
    }

    /// How long after the first try the last one may begin.
    pub fn within(self, within: Duration) -> Self {
        Self { within, ..self }
    }

    /// How long after the first try the last one may begin.
    #[cfg(feature = "tracker")]
    pub(crate) fn time(&self) -> Duration {
        self.within
    }

    /// How long it waits where the server does not ask for a time: `first` at least, and `longest` at most.
    pub fn backoff(self, first: Duration, longest: Duration) -> Self {
        Self { first_wait: first, longest_wait: longest, ..self }
    }

    /// Makes calls again also when they may then take effect twice. Umami, for one, counts an event again that is sent again
    /// after an answer of 500.
    pub fn also_if_it_may_count_twice(self) -> Self {
        Self { may_count_twice: true, ..self }
    }

    /// How long to wait before the call is made again; `None` when it is not. `chance` is random, from 0 to 1.
    pub(crate) fn wait(&self, trouble: Trouble, tries: Tries, chance: f64) -> Option<Duration> {
        let asked = match trouble {
            Trouble::NotReached => None,
            Trouble::NotDone { asked } => asked,
            Trouble::Unknown { asked } if tries.idempotent || self.may_count_twice => asked,
            Trouble::Unknown { .. } | Trouble::Final => return None,
        };
        // Decorrelated jitter: many clients that failed together do not come back together.
        let least = self.first_wait.min(self.longest_wait);
        let most = (tries.last_wait * 3).clamp(least, self.longest_wait.max(least));
        let own = least + (most - least).mul_f64(chance.clamp(0.0, 1.0));
        let wait = match asked {
            // Not before the time that the server named, and not all at once at it.
            Some(asked) => asked + least.mul_f64(chance.clamp(0.0, 1.0)),
            None => own,
        };
        (tries.made < self.attempts && tries.elapsed + wait <= self.within).then_some(wait)
    }
}

/// What a call has come through so far.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tries {
    /// Whether it may be made again although the server may have acted on it.
    pub(crate) idempotent: bool,
    /// How often it was made.
    pub(crate) made: u32,
    /// How long it is since the first of them began.
    pub(crate) elapsed: Duration,
    /// How long it waited before the last of them.
    pub(crate) last_wait: Duration,
}

/// What came of a call, as far as making it again depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// The server has not seen it.
    NotReached,
    /// The server has seen it and says that it has not done it.
    NotDone {
        /// How long it asks to wait.
        asked: Option<Duration>,
    },
    /// Whether the server has acted on it is unknown.
    Unknown {
        /// How long it asks to wait.
        asked: Option<Duration>,
    },
    /// It would be the same again.
    Final,
}

impl<R: Refusal> From<&ErrorKind<R>> for Trouble {
    fn from(kind: &ErrorKind<R>) -> Self {
        let rejection = match kind {
            ErrorKind::Connect(_) => return Trouble::NotReached,
            ErrorKind::BrokenOff(_) | ErrorKind::Timeout(_) => return Trouble::Unknown { asked: None },
            ErrorKind::Configuration(_) | ErrorKind::Undecodable(_) | ErrorKind::TooLarge { .. } => {
                return Trouble::Final;
            }
            ErrorKind::Rejected(rejection) => rejection,
        };
        if rejection.refusal.as_ref().is_some_and(Refusal::is_final) {
            return Trouble::Final;
        }
        let asked = rejection.retry_after;
        match rejection.status {
            StatusCode::TOO_MANY_REQUESTS => Trouble::NotDone { asked },
            StatusCode::SERVICE_UNAVAILABLE if asked.is_some() => Trouble::NotDone { asked },
            StatusCode::REQUEST_TIMEOUT
            | StatusCode::INTERNAL_SERVER_ERROR
            | StatusCode::BAD_GATEWAY
            | StatusCode::SERVICE_UNAVAILABLE
            | StatusCode::GATEWAY_TIMEOUT => Trouble::Unknown { asked },
            _ => Trouble::Final,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const FIRST: Tries = Tries { idempotent: true, made: 1, elapsed: Duration::ZERO, last_wait: Duration::ZERO };

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn what_the_server_has_not_seen_is_sent_again_whatever_it_is() {
        let unsafe_call = Tries { idempotent: false, ..FIRST };
        assert!(Retry::default().wait(Trouble::NotReached, unsafe_call, 0.5).is_some());
        assert!(Retry::default().wait(Trouble::NotDone { asked: None }, unsafe_call, 0.5).is_some());
    }

    #[test]
    fn what_the_server_may_have_done_is_sent_again_only_where_that_is_safe_or_asked_for() {
        let trouble = Trouble::Unknown { asked: None };
        let unsafe_call = Tries { idempotent: false, ..FIRST };
        assert!(Retry::default().wait(trouble, FIRST, 0.5).is_some());
        assert_eq!(Retry::default().wait(trouble, unsafe_call, 0.5), None);
        assert!(Retry::default().also_if_it_may_count_twice().wait(trouble, unsafe_call, 0.5).is_some());
    }

    #[test]
    fn the_wait_that_the_server_asks_for_is_kept() {
        let trouble = Trouble::NotDone { asked: Some(seconds(7)) };
        assert_eq!(Retry::default().wait(trouble, FIRST, 0.0), Some(seconds(7)));
        assert_eq!(Retry::default().wait(trouble, FIRST, 1.0), Some(seconds(7) + Duration::from_millis(200)));
    }

    #[test]
    fn a_wait_beyond_the_time_that_is_left_is_not_begun() {
        let trouble = Trouble::NotDone { asked: Some(seconds(25)) };
        assert!(Retry::default().wait(trouble, FIRST, 0.0).is_some());
        assert_eq!(Retry::default().wait(trouble, Tries { elapsed: seconds(6), ..FIRST }, 0.0), None);
    }

    #[test]
    fn the_last_try_is_the_last() {
        let tries = |made| Tries { made, ..FIRST };
        assert!(Retry::default().wait(Trouble::NotReached, tries(2), 0.5).is_some());
        assert_eq!(Retry::default().wait(Trouble::NotReached, tries(3), 0.5), None);
        assert_eq!(Retry::never().wait(Trouble::NotReached, tries(1), 0.5), None);
    }

    proptest! {
        #[test]
        fn an_own_wait_grows_up_to_three_times_and_stays_in_its_bounds(
            first in 0..5_000_u64, longest in 0..50_000_u64, last in 0..100_000_u64, chance in 0.0..=1.0_f64,
        ) {
            let millis = Duration::from_millis;
            let retry = Retry::default().within(Duration::MAX).backoff(millis(first), millis(longest));
            let tries = Tries { last_wait: millis(last), ..FIRST };
            let wait = retry.wait(Trouble::NotReached, tries, chance).expect("there is time");
            prop_assert!(wait >= millis(first.min(longest)), "{wait:?}");
            prop_assert!(wait <= millis(longest), "{wait:?}");
            prop_assert!(wait <= millis((3 * last).max(first)), "{wait:?}");
        }

        #[test]
        fn no_try_begins_after_the_time_is_over(
            asked in proptest::option::of(0..100_u64), elapsed in 0..100_u64, made in 0..5_u32, chance in 0.0..=1.0_f64,
        ) {
            let tries = Tries { made, elapsed: seconds(elapsed), ..FIRST };
            let trouble = Trouble::NotDone { asked: asked.map(seconds) };
            if let Some(wait) = Retry::default().wait(trouble, tries, chance) {
                prop_assert!(seconds(elapsed) + wait <= seconds(30) && made < 3);
                prop_assert!(asked.is_none_or(|asked| wait >= seconds(asked)));
            }
        }
    }
}
