//! Members that real servers write in more than one way.

#[cfg(any(feature = "umami", feature = "uptinio"))]
use std::fmt;

#[cfg(any(feature = "umami", feature = "uptinio"))]
use serde::de::Visitor;
use serde::de::{self, DeserializeOwned};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// A list that nothing depends on: what cannot be read counts as empty.
#[cfg(feature = "uptinio")]
pub(crate) fn readable_or_empty<'de, D: Deserializer<'de>, T: DeserializeOwned>(
    deserializer: D,
) -> Result<Vec<T>, D::Error> {
    Ok(if_readable(deserializer)?.unwrap_or_default())
}

/// A number that servers also write as its text, as Rails does with decimals; none where it is neither.
#[cfg(feature = "uptinio")]
pub(crate) fn number_or_its_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<f64>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.parse().ok().filter(|number: &f64| number.is_finite()),
        _ => None,
    })
}

/// A member that nothing depends on: what cannot be read counts as none, and spoils nothing.
pub(crate) fn if_readable<'de, D: Deserializer<'de>, T: DeserializeOwned>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    Ok(serde_json::from_value(Value::deserialize(deserializer)?).ok())
}

pub(crate) fn boolean_or_its_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "expected a boolean, or the text true or false")]
    enum BooleanOrText {
        Boolean(bool),
        Text(String),
    }

    match BooleanOrText::deserialize(deserializer)? {
        BooleanOrText::Boolean(value) => Ok(value),
        BooleanOrText::Text(text) => {
            text.parse().map_err(|_| de::Error::custom("expected a boolean, or the text true or false"))
        }
    }
}

/// A text that servers also write as a number: an id.
#[cfg(any(feature = "umami", feature = "uptinio"))]
pub(crate) fn text_or_number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    struct TextOrNumber;

    impl Visitor<'_> for TextOrNumber {
        type Value = String;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a string, or a whole number")
        }

        fn visit_str<E>(self, text: &str) -> Result<String, E> {
            Ok(text.to_owned())
        }

        fn visit_string<E>(self, text: String) -> Result<String, E> {
            Ok(text)
        }

        fn visit_u64<E>(self, number: u64) -> Result<String, E> {
            Ok(number.to_string())
        }

        fn visit_i64<E>(self, number: i64) -> Result<String, E> {
            Ok(number.to_string())
        }
    }

    deserializer.deserialize_any(TextOrNumber)
}

#[cfg(feature = "umami")]
/// A number that databases and their drivers also hand on as text.
pub(crate) fn number_or_digits<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "expected a number, or its digits as text")]
    enum NumberOrDigits {
        Number(u64),
        Digits(String),
    }

    match NumberOrDigits::deserialize(deserializer)? {
        NumberOrDigits::Number(number) => Ok(number),
        NumberOrDigits::Digits(digits) => {
            digits.parse().map_err(|_| de::Error::custom("expected a number, or its digits as text"))
        }
    }
}
