//! How fast a target is asked: the distance between requests that its `rate` asks for, and what its own answers say of its
//! limits.

use super::Patience;
use crate::exchange::Response;
use http::StatusCode;
use http::header::RETRY_AFTER;
use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

/// The longest that is waited for a limit that an answer announces, before the next request is tried all the same.
const LONGEST_ANNOUNCED: Duration = Duration::from_secs(60);

/// When the next request may go out.
pub struct Pace {
    distance: Duration,
    next: Mutex<Option<Instant>>,
    /// What may be waited in all because answers announce a limit, and never refuse.
    announced: Patience,
}

impl Pace {
    /// As fast as the answers come, unless they announce a limit.
    pub fn unlimited() -> Self {
        Self { distance: Duration::ZERO, next: Mutex::default(), announced: Patience::with_announcements() }
    }

    /// At most so many requests a minute, evenly spread.
    pub fn per_minute(requests: NonZeroU32) -> Self {
        Self { distance: Duration::from_secs(60) / requests.get(), ..Self::unlimited() }
    }

    /// How many requests a minute it lets through; none when there is no bound.
    pub fn rate(&self) -> Option<u64> {
        self.distance().map(|distance| (60.0 / distance.as_secs_f64()).round() as u64)
    }

    /// The distance between two requests, where one is kept.
    pub fn distance(&self) -> Option<Duration> {
        Some(self.distance).filter(|distance| !distance.is_zero())
    }

    /// Takes the next turn, and returns how long it is until then.
    pub(crate) fn until_turn(&self) -> Duration {
        let now = Instant::now();
        // A poisoned lock holds a time as good as any other.
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let turn = next.map_or(now, |next| next.max(now));
        *next = Some(turn + self.distance);
        turn - now
    }

    /// Heeds an answer that says that no request is left in its window: the next one waits for the window to end.
    pub(crate) fn heed(&self, answer: &Response, now: SystemTime) {
        let Some(wait) = window_left(answer, now).map(|wait| wait.min(LONGEST_ANNOUNCED)) else { return };
        if wait <= self.announced.left() {
            self.announced.lose(wait);
            let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
            let until = Instant::now() + wait;
            *next = Some(next.map_or(until, |next| next.max(until)));
        }
    }
}

/// How long a target that holds a request off wants it to wait; none when it does not hold it off. Where it does not say,
/// each attempt waits twice as long as the one before.
pub(crate) fn held_off(answer: &Response, attempt: u32, now: SystemTime) -> Option<Duration> {
    if ![StatusCode::TOO_MANY_REQUESTS, StatusCode::SERVICE_UNAVAILABLE].contains(&answer.status) {
        return None;
    }
    let unsaid = || Duration::from_secs(2) * 2_u32.pow(attempt.min(5));
    let said = header(answer, RETRY_AFTER.as_str()).and_then(|text| time_of(text, now));
    let wait = said.or_else(|| window_left(answer, now)).unwrap_or_else(unsaid);
    Some(wait.max(Duration::from_millis(100)))
}

/// How long the window of a rate limit goes on in which no request is left.
fn window_left(answer: &Response, now: SystemTime) -> Option<Duration> {
    [("x-ratelimit-remaining", "x-ratelimit-reset"), ("ratelimit-remaining", "ratelimit-reset")].into_iter().find_map(
        |(remaining, reset)| {
            (header(answer, remaining)? == "0").then_some(())?;
            time_of(header(answer, reset)?, now)
        },
    )
}

fn header<'a>(answer: &'a Response, name: &str) -> Option<&'a str> {
    answer.headers.get(name)?.to_str().ok().map(str::trim)
}

/// A time as headers tell it: so many seconds from now, the seconds or milliseconds since 1970, or a date.
fn time_of(text: &str, now: SystemTime) -> Option<Duration> {
    let at = match text.parse::<u64>() {
        Ok(seconds @ ..1_000_000_000) => return Some(Duration::from_secs(seconds)),
        Ok(seconds @ ..1_000_000_000_000) => SystemTime::UNIX_EPOCH + Duration::from_secs(seconds),
        Ok(millis) => SystemTime::UNIX_EPOCH.checked_add(Duration::from_millis(millis))?,
        Err(_) => httpdate::parse_http_date(text).ok().or_else(|| humantime::parse_rfc3339_weak(text).ok())?,
    };
    Some(at.duration_since(now).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderMap;

    fn answer(status: u16, headers: &[(&'static str, &'static str)]) -> Response {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, value.parse().expect("a header's value"));
        }
        Response::new(StatusCode::from_u16(status).expect("a status"), map, bytes::Bytes::new())
    }

    /// 2026-11-25T12:00:00Z.
    fn noon() -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_608_000)
    }

    #[test]
    fn who_holds_a_request_off_is_waited_for_as_long_as_it_asks_in_any_usual_form() {
        let cases: [(&[(&str, &str)], u64); 8] = [
            (&[("retry-after", "7")], 7),
            (&[("retry-after", "Wed, 25 Nov 2026 12:00:09 GMT")], 9),
            (&[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "11")], 11),
            (&[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1795608012")], 12),
            (&[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1795608013000")], 13),
            (&[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "2026-11-25T12:00:14Z")], 14),
            (&[("ratelimit-remaining", "0"), ("ratelimit-reset", "15")], 15),
            (&[("retry-after", "soon")], 2),
        ];
        for (headers, seconds) in cases {
            for status in [429, 503] {
                let wait = held_off(&answer(status, headers), 0, noon());
                assert_eq!(wait, Some(Duration::from_secs(seconds)), "{headers:?}");
            }
            assert_eq!(held_off(&answer(500, headers), 0, noon()), None);
        }
    }

    #[test]
    fn where_it_does_not_say_how_long_each_wait_is_twice_the_one_before() {
        let waits = (0..4).filter_map(|attempt| held_off(&answer(503, &[]), attempt, noon()));
        assert_eq!(waits.map(|wait| wait.as_secs()).collect::<Vec<_>>(), [2, 4, 8, 16]);
    }

    #[test]
    fn an_answer_that_says_that_none_is_left_holds_the_next_request_back() {
        let pace = Pace::unlimited();
        pace.heed(&answer(200, &[("x-ratelimit-remaining", "1"), ("x-ratelimit-reset", "30")]), noon());
        assert_eq!(pace.until_turn(), Duration::ZERO);
        pace.heed(&answer(200, &[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "30")]), noon());
        let wait = pace.until_turn();
        assert!(wait > Duration::from_secs(29) && wait <= Duration::from_secs(30), "{wait:?}");
    }

    #[test]
    fn a_server_that_always_says_that_none_is_left_is_heeded_for_a_quarter_of_an_hour_in_all() {
        let pace = Pace::unlimited();
        let none_left = answer(200, &[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "99999")]);
        (0..100).for_each(|_| pace.heed(&none_left, noon()));
        assert_eq!(pace.announced.left(), Duration::ZERO);
        assert!(pace.until_turn() <= LONGEST_ANNOUNCED);
    }
}
