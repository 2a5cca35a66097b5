//! Numbers in queries and bodies, read and refused as Umami does: a text counts for the number that it writes.

/// The number that a text writes in one of JavaScript's decimal ways: `10`, `10.0`, `1e1`.
pub(super) fn in_text(text: &str) -> Option<f64> {
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

/// A number of any kind.
pub(super) fn number(number: Option<f64>) -> Result<f64, String> {
    number.ok_or_else(|| "Invalid input: expected number, received NaN".to_owned())
}

/// A whole number that can be told from its neighbours.
pub(super) fn whole(number: Option<f64>) -> Result<i64, String> {
    const LAST: f64 = 9_007_199_254_740_991.0;
    let number = self::number(number)?;
    if number.fract() != 0.0 {
        return Err("Invalid input: expected int, received number".to_owned());
    }
    if number > LAST {
        return Err(format!("Too big: expected int to be <={LAST}"));
    }
    if number < -LAST {
        return Err(format!("Too small: expected int to be >=-{LAST}"));
    }
    Ok(number as i64)
}

/// A whole number from 1.
pub(super) fn positive(text: &str, most: usize) -> Result<usize, String> {
    let number = in_text(text);
    if number.is_some_and(|number| number <= 0.0) {
        return Err("Too small: expected number to be >0".to_owned());
    }
    match usize::try_from(whole(number)?) {
        Ok(number) if number <= most => Ok(number),
        _ => Err(format!("Too big: expected number to be <={most}")),
    }
}
