//! How long a server asks to wait.

use std::time::{Duration, SystemTime};

use http::HeaderMap;
use http::header::{DATE, RETRY_AFTER};

use super::rejection::text;

/// The longest wait that is told. An application adds it to a time, and sleeps until then.
pub(crate) const LONGEST_WAIT: Duration = Duration::from_secs(24 * 60 * 60);

/// The wait that `Retry-After` asks for.
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let value = text(headers, RETRY_AFTER)?;
    let wait = match value.parse() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => date(value)?.duration_since(answered_at(headers)).unwrap_or_default(),
    };
    Some(wait.min(LONGEST_WAIT))
}

/// When the server answered: by its own clock, which is that of the times in its answer. Ours may be wrong.
pub(crate) fn answered_at(headers: &HeaderMap) -> SystemTime {
    text(headers, DATE).and_then(date).unwrap_or_else(SystemTime::now)
}

fn date(value: &str) -> Option<SystemTime> {
    httpdate::parse_http_date(value).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait(headers: &[(&'static str, &'static str)]) -> Option<Duration> {
        let headers = headers
            .iter()
            .map(|(name, value)| (http::HeaderName::from_static(name), http::HeaderValue::from_static(value)));
        retry_after(&headers.collect())
    }

    #[test]
    fn it_is_read_as_seconds() {
        assert_eq!(wait(&[("retry-after", "120")]), Some(Duration::from_secs(120)));
    }

    #[test]
    fn more_than_a_day_counts_as_a_day() {
        assert_eq!(wait(&[("retry-after", "18446744073709551615")]), Some(LONGEST_WAIT));
        let date = ("date", "Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(wait(&[date, ("retry-after", "Sat, 06 Nov 2094 08:49:37 GMT")]), Some(LONGEST_WAIT));
    }

    #[test]
    fn it_is_read_as_a_date_by_the_clock_of_the_server() {
        let date = ("date", "Sun, 06 Nov 1994 08:49:37 GMT");
        let later = wait(&[date, ("retry-after", "Sun, 06 Nov 1994 08:50:07 GMT")]);
        let gone = wait(&[date, ("retry-after", "Sun, 06 Nov 1994 08:49:00 GMT")]);
        assert_eq!((later, gone), (Some(Duration::from_secs(30)), Some(Duration::ZERO)));
    }

    #[test]
    fn what_cannot_be_read_counts_as_none() {
        for value in ["soon", "-1", "", "99999999999999999999999"] {
            assert_eq!(wait(&[("retry-after", value)]), None, "{value}");
        }
    }
}
