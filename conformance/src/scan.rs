//! Looks through what the program is about to write for every secret that it knows: masking is shown to have worked, and
//! not believed to.

use crate::secrets::Secrets;
use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

/// No form of a secret that is looked for is shorter.
const START: usize = crate::secrets::SHORTEST_BY_VALUE;

/// Every form of every secret that a run knew.
#[derive(Default)]
pub(crate) struct Scan {
    /// By what they begin with: the secrets of a run are thousands, and share but their beginnings.
    by_start: HashMap<[u8; START], Vec<(String, String)>>,
}

impl Scan {
    pub(crate) fn of<'a>(secrets: impl IntoIterator<Item = &'a Secrets>) -> Self {
        let mut by_start: HashMap<_, Vec<(String, String)>> = HashMap::new();
        let mut seen = BTreeSet::new();
        for (variable, text) in secrets.into_iter().flat_map(Secrets::scannable) {
            let Some(start) = text.as_bytes().first_chunk::<START>() else { continue };
            if seen.insert(text) {
                by_start.entry(*start).or_default().push((text.to_owned(), variable.to_owned()));
            }
        }
        Self { by_start }
    }

    /// The secrets that stand in a text, as they are or as a format of text would have them: the name and the text of each.
    pub(crate) fn found_in(&self, text: &str) -> BTreeSet<(&str, &str)> {
        let without_entities = entities_read(text);
        let without_backslashes = backslashes_read(text);
        let mut found = BTreeSet::new();
        for text in [text, &without_entities, &without_backslashes] {
            for (at, start) in text.as_bytes().windows(START).enumerate() {
                let Some(candidates) = start.first_chunk().and_then(|start| self.by_start.get(start)) else { continue };
                let rest = &text.as_bytes()[at..];
                let here = candidates.iter().filter(|(secret, _)| rest.starts_with(secret.as_bytes()));
                found.extend(here.map(|(secret, variable)| (variable.as_str(), secret.as_str())));
            }
        }
        found
    }
}

/// The text with what XML and HTML write for the letters that they need themselves.
fn entities_read(text: &str) -> Cow<'_, str> {
    const ENTITIES: [(&str, &str); 8] = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#34;", "\""),
        ("&apos;", "'"),
        ("&#39;", "'"),
        ("&#x27;", "'"),
        ("&amp;", "&"),
    ];
    if !text.contains('&') {
        return text.into();
    }
    ENTITIES.iter().fold(text.to_owned(), |text, (entity, letter)| text.replace(entity, letter)).into()
}

/// The text without the backslashes that Markdown has before punctuation.
fn backslashes_read(text: &str) -> Cow<'_, str> {
    if !text.contains('\\') {
        return text.into();
    }
    let mut read = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        if letter != '\\' || letters.peek().is_none_or(|next| !next.is_ascii_punctuation()) {
            read.push(letter);
        } else if let Some(next) = letters.next() {
            read.push(next);
        }
    }
    read.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use proptest::prelude::*;
    use serde_json::Value;

    fn scan(secret: &str) -> Scan {
        let mut secrets = Secrets::default();
        secrets.add("API_SECRET", secret);
        Scan::of([&secrets])
    }

    #[test]
    fn a_word_of_our_own_is_not_looked_for_since_it_is_found_everywhere() {
        assert!(scan("requirement").found_in("a requirement").is_empty());
    }

    proptest! {
        #[test]
        fn a_secret_that_was_written_is_found_in_whichever_form(secret in "[!-~]{8,40}", before in "\\PC{0,9}") {
            let json = Value::from(secret.as_str()).to_string();
            let xml = secret.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
            let markdown: String = secret.chars().flat_map(|c| {
                [Some('\\').filter(|_| c.is_ascii_punctuation()), Some(c)].into_iter().flatten()
            }).collect();
            let percent = percent_encoding::utf8_percent_encode(&secret, percent_encoding::NON_ALPHANUMERIC).to_string();
            let basic = STANDARD.encode(format!("name:{secret}"));
            for form in [secret.clone(), json, xml, markdown, percent, basic] {
                let text = format!("{before}{form}.");
                prop_assert!(!scan(&secret).found_in(&text).is_empty(), "{}", text);
            }
        }

        #[test]
        fn what_is_masked_shows_nothing(secret in "[!-~]{8,40}", before in "[a-z ]{0,9}") {
            let mut secrets = Secrets::default();
            secrets.add("API_SECRET", &secret);
            let masked = secrets.mask(&format!("{before}{secret}{before}"));
            prop_assert!(Scan::of([&secrets]).found_in(&masked).is_empty(), "{}", masked);
        }
    }
}
