//! Texts in bodies, read and refused as Umami does: unless said otherwise their length is that of JavaScript, in UTF-16
//! units.

use super::faults::wrong_type;
use serde_json::Value;
use std::borrow::Cow;

/// A text that has to be there.
pub(super) fn required(value: Option<&Value>, longest: usize) -> Result<String, String> {
    match value {
        Some(Value::String(text)) => bounded(text, longest).map(str::to_owned),
        _ => Err(wrong_type("string", value)),
    }
}

/// A text that is no longer than it may be.
pub(super) fn bounded(text: &str, longest: usize) -> Result<&str, String> {
    // No text has more units than bytes.
    match text.len() > longest && text.encode_utf16().count() > longest {
        true => Err(too_big(longest)),
        false => Ok(text),
    }
}

/// A text whose length is that of a database, in characters.
pub(super) fn of_characters(text: Cow<'_, str>, longest: usize) -> Result<Cow<'_, str>, String> {
    if text.chars().count() > longest { Err(too_big(longest)) } else { Ok(text) }
}

fn too_big(longest: usize) -> String {
    format!("Too big: expected string to have <={longest} characters")
}

/// As much of a text as is kept of it: 500 units.
pub(super) fn cut<T: AsRef<str> + Into<Box<str>>>(text: T) -> Box<str> {
    const MOST: usize = 500;

    if text.as_ref().len() <= MOST {
        return text.into();
    }
    let mut units = 0;
    let kept = text.as_ref().chars().take_while(|char| {
        units += char.len_utf16();
        units <= MOST
    });
    kept.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_is_counted_in_utf_16_units() {
        for (text, longest, passes) in [("äöü", 3, true), ("🦀", 2, true), ("🦀", 1, false), ("", 0, true)] {
            assert_eq!(required(Some(&text.into()), longest).is_ok(), passes, "{text}");
        }
    }

    #[test]
    fn what_is_kept_of_a_text_ends_before_a_character_that_would_not_fit() {
        assert_eq!(*cut("short"), *"short");
        assert_eq!(cut("x".repeat(501)).len(), 500);
        assert_eq!(cut(format!("{}🦀", "x".repeat(499))).len(), 499);
    }
}
