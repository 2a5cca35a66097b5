//! What is wrong with a request, in Rails' words: `Email can't be blank`.

use crate::web_address::is_web_address;
use serde_json::Value;

/// How many characters a name may have.
const LONGEST_NAME: usize = 255;

/// All that is wrong, in the order that it was looked at.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Faults(Vec<Fault>);

/// One thing that is wrong.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fault {
    /// What is wrong, as it begins the sentence.
    pub(super) attribute: &'static str,
    /// The whole sentence.
    pub(super) message: String,
}

impl Faults {
    /// Refuses what was read, if anything is wrong.
    pub(super) fn into_result(self) -> Result<(), Vec<Fault>> {
        if self.0.is_empty() { Ok(()) } else { Err(self.0) }
    }

    /// One more: `attribute` begins the sentence.
    pub(super) fn add(&mut self, attribute: &'static str, what: &str) {
        self.0.push(Fault { attribute, message: format!("{attribute} {what}") });
    }

    /// A text that has to be there, and to be more than spaces.
    pub(super) fn text<'a>(&mut self, attribute: &'static str, value: Option<&'a Value>) -> Option<&'a str> {
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
        attribute: &'static str,
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

    /// An address of a website.
    pub(super) fn website<'a>(&mut self, attribute: &'static str, value: Option<&'a Value>) -> Option<&'a str> {
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
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_no_text_is_blank_or_invalid() {
        for (value, what) in [(json!(null), "can't be blank"), (json!(""), "can't be blank"), (json!(1), "is invalid")]
        {
            let mut faults = Faults::default();
            assert_eq!(faults.name(Some(&value)), None);
            assert_eq!(faults.into_result(), Err(vec![Fault { attribute: "Name", message: format!("Name {what}") }]));
        }
    }
}
