//! What an answer tells of the rate limit.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::{HeaderMap, HeaderName};

use crate::error::{LONGEST_WAIT, answered_at, text};
use crate::rfc3339;

/// How many requests a server takes, as an answer tells it by `X-RateLimit-Limit`, `-Remaining` and `-Reset`, or by the
/// same without the `X-`. It is a value on every [`Response`](crate::Response) and every [`Error`](crate::Error) of an
/// answer that has one of these headers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct RateLimit {
    /// The most requests that the server takes in a window of time. How long that is, headers do not tell.
    pub limit: Option<u64>,
    /// How many of them are left.
    pub remaining: Option<u64>,
    /// How long it takes, from the answer on, until there are `limit` of them again. No documented API says how it writes
    /// this, so a count of seconds, a time in seconds or milliseconds since 1970, and a date are all understood; by the
    /// clock of the server, if its answer tells it. What is longer than a day counts as a day, and what is past as none.
    pub reset: Option<Duration>,
}

impl RateLimit {
    /// What these headers of an answer tell. `None` if that is nothing.
    pub fn of(headers: &HeaderMap) -> Option<Self> {
        let is_one = |name: &HeaderName| name.as_str().trim_start_matches("x-").starts_with("ratelimit-");
        if !headers.keys().any(is_one) {
            return None;
        }
        let told = |names: [&str; 2]| names.into_iter().find_map(|name| text(headers, name));
        let limit = told(["x-ratelimit-limit", "ratelimit-limit"]).and_then(count);
        let remaining = told(["x-ratelimit-remaining", "ratelimit-remaining"]).and_then(count);
        let reset = told(["x-ratelimit-reset", "ratelimit-reset"]);
        let reset = reset.and_then(|reset| wait(reset, answered_at(headers)));
        (limit.is_some() || remaining.is_some() || reset.is_some()).then_some(Self { limit, remaining, reset })
    }
}

/// A whole number, which other windows may follow: `100, 100;w=60`.
fn count(text: &str) -> Option<u64> {
    text.split([',', ';']).next()?.trim().parse().ok()
}

fn wait(reset: &str, now: SystemTime) -> Option<Duration> {
    /// No wait is as long, and no time of this century as early: the year 2001 in seconds.
    const FIRST_TIME: f64 = 1e9;
    /// No time in seconds is as late: the year 5138. In milliseconds it is 1973.
    const FIRST_TIME_IN_MILLIS: f64 = 1e11;

    let left = match reset.parse::<f64>() {
        Ok(number) if !number.is_finite() || number < 0.0 => return None,
        Ok(number) if number < FIRST_TIME => number,
        Ok(number) => {
            let time = if number < FIRST_TIME_IN_MILLIS { number } else { number / 1000.0 };
            time - now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64()
        }
        Err(_) => {
            let time = httpdate::parse_http_date(reset).ok().or_else(|| rfc3339::parse(reset))?;
            return Some(time.duration_since(now).unwrap_or_default().min(LONGEST_WAIT));
        }
    };
    Some(Duration::from_secs_f64(left.clamp(0.0, LONGEST_WAIT.as_secs_f64())))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use proptest::prelude::*;

    use super::*;

    const NOW: &str = "Sun, 06 Nov 1994 08:49:37 GMT";
    /// Later than 2001, as an answer of today is.
    const TODAY: &str = "Wed, 25 Nov 2026 12:00:00 GMT";

    fn told(headers: &[(&'static str, &str)]) -> Option<RateLimit> {
        let headers = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_str(value).expect("a value")));
        RateLimit::of(&headers.collect())
    }

    fn reset(date: &str, reset: &str) -> Option<Duration> {
        told(&[("date", date), ("x-ratelimit-reset", reset)])?.reset
    }

    #[test]
    fn the_three_headers_are_read() {
        let told = told(&[("x-ratelimit-limit", "100"), ("x-ratelimit-remaining", "99"), ("x-ratelimit-reset", "60")]);
        let expected = RateLimit { limit: Some(100), remaining: Some(99), reset: Some(Duration::from_secs(60)) };
        assert_eq!(told, Some(expected));
    }

    #[test]
    fn those_without_x_are_read_with_the_windows_that_may_follow() {
        let told =
            told(&[("ratelimit-limit", "100, 100;w=60"), ("ratelimit-remaining", "0"), ("ratelimit-reset", "5")]);
        let expected = RateLimit { limit: Some(100), remaining: Some(0), reset: Some(Duration::from_secs(5)) };
        assert_eq!(told, Some(expected));
    }

    #[test]
    fn an_answer_without_them_tells_nothing() {
        assert_eq!(told(&[("date", NOW)]), None);
        assert_eq!(told(&[("x-ratelimit-limit", "many"), ("x-ratelimit-reset", "soon")]), None);
    }

    #[test]
    fn one_that_cannot_be_read_leaves_the_others() {
        let told = told(&[("x-ratelimit-limit", "100"), ("x-ratelimit-remaining", "-1")]);
        assert_eq!(told, Some(RateLimit { limit: Some(100), remaining: None, reset: None }));
    }

    #[test]
    fn the_reset_is_read_however_it_is_written() {
        // 2026-11-25T12:00:45Z
        for text in
            ["45", "45.0", "1795608045", "1795608045000", "Wed, 25 Nov 2026 12:00:45 GMT", "2026-11-25T12:00:45.000Z"]
        {
            assert_eq!(reset(TODAY, text), Some(Duration::from_secs(45)), "{text}");
        }
    }

    #[test]
    fn a_reset_that_is_past_is_no_wait_and_one_far_off_a_day() {
        for text in ["0", "1795607999", "Wed, 25 Nov 2026 11:59:59 GMT", "2026-11-25T11:59:59Z"] {
            assert_eq!(reset(TODAY, text), Some(Duration::ZERO), "{text}");
        }
        for text in ["999999999", "9999999999", "1e30", "Mon, 25 Nov 2126 12:00:00 GMT"] {
            assert_eq!(reset(TODAY, text), Some(LONGEST_WAIT), "{text}");
        }
        for text in ["-1", "inf", "NaN", "", "soon"] {
            assert_eq!(reset(TODAY, text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_header_is_too_odd(value in "[ -~]{0,40}") {
            let odd = told(&[("x-ratelimit-limit", &value), ("x-ratelimit-remaining", &value), ("x-ratelimit-reset", &value)]);
            prop_assert!(odd.and_then(|told| told.reset).unwrap_or_default() <= LONGEST_WAIT);
        }

        #[test]
        fn a_time_and_a_count_of_seconds_say_the_same(seconds in 0u32..80_000) {
            let time = (1_795_608_000 + u64::from(seconds)).to_string();
            prop_assert_eq!(reset(TODAY, &seconds.to_string()), reset(TODAY, &time));
        }
    }
}
