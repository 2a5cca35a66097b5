//! Dates as JSON APIs write them.

use std::time::{Duration, SystemTime};

/// `2026-01-02T03:04:05Z`, with or without parts of a second, in UTC or at a distance from it. Years before 1970 and
/// after 9999 are none.
pub(crate) fn parse(text: &str) -> Option<SystemTime> {
    let Some((local, sign, distance)) = at_a_distance(text) else {
        return humantime::parse_rfc3339(text).ok();
    };
    let time = humantime::parse_rfc3339(&format!("{local}Z")).ok()?;
    if sign == '+' { time.checked_sub(distance) } else { time.checked_add(distance) }
}

/// `…+02:00`, taken apart.
fn at_a_distance(text: &str) -> Option<(&str, char, Duration)> {
    let (local, zone) = text.split_at_checked(text.len().checked_sub("+00:00".len())?)?;
    let sign = zone.chars().next().filter(|sign| matches!(sign, '+' | '-'))?;
    let (hours, minutes) = zone[1..].split_once(':')?;
    let digits = |text: &str| text.parse::<u8>().ok().filter(|_| text.bytes().all(|byte| byte.is_ascii_digit()));
    let (hours, minutes) = (digits(hours)?, digits(minutes)?);
    let minutes = u64::from(hours) * 60 + u64::from(minutes);
    Some((local, sign, Duration::from_secs(minutes * 60)))
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use proptest::prelude::*;

    use super::*;

    fn millis(text: &str) -> Option<u128> {
        Some(parse(text)?.duration_since(UNIX_EPOCH).ok()?.as_millis())
    }

    #[test]
    fn parts_of_a_second_are_kept() {
        assert_eq!(millis("2026-01-02T03:04:05Z"), Some(1_767_323_045_000));
        assert_eq!(millis("2026-01-02T03:04:05.678Z"), Some(1_767_323_045_678));
        assert_eq!(millis("2026-01-02T03:04:05.678901234Z"), Some(1_767_323_045_678));
    }

    #[test]
    fn a_distance_from_utc_is_counted_in() {
        for text in ["2026-01-02T05:04:05+02:00", "2026-01-01T21:34:05-05:30", "2026-01-02T03:04:05+00:00"] {
            assert_eq!(millis(text), Some(1_767_323_045_000), "{text}");
        }
        assert_eq!(millis("2026-01-02T05:04:05.678+02:00"), Some(1_767_323_045_678));
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in ["", "+02:00", "soon", "2026-01-02", "2026-13-02T03:04:05Z", "2026-01-02T03:04:05", "éééééé"]
        {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_is_too_odd(text in "(\\PC{0,30}|20[0-9]{2}-[0-9]{2}-[0-9]{2}[T ][0-9:.+Z-]{0,20})") {
            let _ = parse(&text);
        }
    }
}
