//! Texts of a server, made fit for a line of a log.

use std::fmt;

/// Displays a text that a server chose: control characters escaped, so that it can forge no line and move no cursor, and
/// cut to a length that people read.
pub(crate) struct Printable<'a>(pub(crate) &'a str);

impl fmt::Display for Printable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const LONGEST: usize = 200;
        for character in self.0.chars().take(LONGEST) {
            // Marks that turn the direction of writing mislead as control characters do.
            if character.is_control()
                || matches!(character, '\u{200e}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
            {
                write!(f, "{}", character.escape_unicode())?;
            } else {
                write!(f, "{character}")?;
            }
        }
        if self.0.chars().nth(LONGEST).is_some() { f.write_str("…") } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_escaped() {
        assert_eq!(Printable("a\u{1b}[31mb\nc").to_string(), r"a\u{1b}[31mb\u{a}c");
    }

    #[test]
    fn a_long_text_is_cut_between_its_characters() {
        assert_eq!(Printable(&"é".repeat(200)).to_string(), "é".repeat(200));
        assert_eq!(Printable(&"é".repeat(201)).to_string(), "é".repeat(200) + "…");
    }
}
