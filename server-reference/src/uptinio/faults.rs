//! What is wrong with a request, in Rails' words: `Email can't be blank`.

use super::address::is_address;
use crate::password::is_hashable;
use crate::web_address::is_web_address;
use serde_json::Value;

/// How many characters a name may have.
const LONGEST_NAME: usize = 255;

/// How many characters a password has to have.
const SHORTEST_PASSWORD: usize = 6;

/// All that is wrong, in the order that it was looked at.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Faults(Vec<String>);

impl Faults {
    /// Refuses what was read, if anything is wrong.
    pub(super) fn into_result(self) -> Result<(), Vec<String>> {
        if self.0.is_empty() { Ok(()) } else { Err(self.0) }
    }

    /// One more: `attribute` begins the sentence.
    pub(super) fn add(&mut self, attribute: &str, what: &str) {
        self.0.push(format!("{attribute} {what}"));
    }

    /// A text that has to be there, and to be more than spaces.
    pub(super) fn text<'a>(&mut self, attribute: &str, value: Option<&'a Value>) -> Option<&'a str> {
        match value {
            None | Some(Value::Null) => self.add(attribute, "can't be blank"),
            Some(Value::String(text)) if text.trim().is_empty() => self.add(attribute, "can't be blank"),
            Some(Value::String(text)) => return Some(text),
            Some(_) => self.add(attribute, "is invalid"),
        }
        None
    }

    /// A text that has to be there and to be like that.
    pub(super) fn like<'a>(
        &mut self,
        attribute: &str,
        value: Option<&'a Value>,
        is_right: impl Fn(&str) -> bool,
    ) -> Option<&'a str> {
        let text = self.text(attribute, value)?;
        if !is_right(text) {
            self.add(attribute, "is invalid");
            return None;
        }
        Some(text)
    }

    /// An e-mail address.
    pub(super) fn email<'a>(&mut self, value: Option<&'a Value>) -> Option<&'a str> {
        self.like("Email", value, is_address)
    }

    /// An address of a website.
    pub(super) fn website<'a>(&mut self, attribute: &str, value: Option<&'a Value>) -> Option<&'a str> {
        self.like(attribute, value, is_web_address)
    }

    /// A name that people read.
    pub(super) fn name<'a>(&mut self, value: Option<&'a Value>) -> Option<&'a str> {
        let name = self.text("Name", value)?;
        match name.chars().nth(LONGEST_NAME) {
            Some(_) => self.add("Name", &format!("is too long (maximum is {LONGEST_NAME} characters)")),
            None if name.contains(char::is_control) => self.add("Name", "is invalid"),
            None => return Some(name),
        }
        None
    }

    /// A new password.
    pub(super) fn password<'a>(&mut self, value: Option<&'a Value>) -> Option<&'a str> {
        let password = self.text("Password", value)?;
        if password.chars().count() < SHORTEST_PASSWORD {
            self.add("Password", &format!("is too short (minimum is {SHORTEST_PASSWORD} characters)"));
        } else if password.len() > 71 {
            self.add("Password", "is too long (maximum is 71 bytes)");
        } else if !is_hashable(password) {
            self.add("Password", "is invalid");
        } else {
            return Some(password);
        }
        None
    }

    /// The same password once more.
    pub(super) fn confirmation(&mut self, value: Option<&Value>, password: Option<&Value>) {
        let is_text = self.text("Password confirmation", value).is_some();
        if is_text && value != password {
            self.add("Password confirmation", "doesn't match Password");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn of_password(password: &str) -> Vec<String> {
        let mut faults = Faults::default();
        faults.password(Some(&json!(password)));
        faults.0
    }

    #[test]
    fn a_passwords_length_is_counted_in_characters_and_bounded_in_bytes() {
        for good in ["123456", "äöüäöü", "🦀🦀🦀🦀🦀🦀", &"x".repeat(71), "with spaces"] {
            assert_eq!(of_password(good), [""; 0], "{good}");
        }
        for short in ["12345", "äöüäö", "🦀🦀🦀🦀🦀"] {
            assert_eq!(of_password(short), ["Password is too short (minimum is 6 characters)"], "{short}");
        }
        for long in [&"x".repeat(72), &"ä".repeat(36)] {
            assert_eq!(of_password(long), ["Password is too long (maximum is 71 bytes)"], "{long}");
        }
        assert_eq!(of_password("123456\0"), ["Password is invalid"]);
        assert_eq!(of_password("      "), ["Password can't be blank"]);
    }

    #[test]
    fn what_is_no_text_is_blank_or_invalid() {
        for (value, what) in [(json!(null), "can't be blank"), (json!(""), "can't be blank"), (json!(1), "is invalid")]
        {
            let mut faults = Faults::default();
            assert_eq!(faults.name(Some(&value)), None);
            assert_eq!(faults.into_result(), Err(vec![format!("Name {what}")]));
        }
    }

    #[test]
    fn a_confirmation_is_the_password_once_more() {
        let cases = [
            (json!("secret"), None),
            (json!("Secret"), Some("Password confirmation doesn't match Password")),
            (json!(""), Some("Password confirmation can't be blank")),
            (json!(null), Some("Password confirmation can't be blank")),
        ];
        for (confirmation, fault) in cases {
            let mut faults = Faults::default();
            faults.confirmation(Some(&confirmation), Some(&json!("secret")));
            assert_eq!(faults.0, Vec::from_iter(fault.map(str::to_owned)));
        }
    }
}
