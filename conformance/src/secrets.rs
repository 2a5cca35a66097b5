//! Knows every secret of a case by its value, and masks them in all that is shown.
//!
//! A masked text is a list of pieces, so that a shell line can expand the variables that took the secrets' places.

use crate::exchange::Response;
use crate::vocabulary;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use http::HeaderName;
use http::header::SET_COOKIE;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Shorter secrets occur in ordinary words, and are masked only where they stand alone as a JSON text.
pub(crate) const SHORTEST_BY_VALUE: usize = 8;

/// How many secrets are learned from one response. More than a few is no login's answer.
const CAPTURED_PER_RESPONSE: usize = 32;

/// All but what RFC 3986 calls unreserved.
const RESERVED: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// All but what JavaScript's `encodeURIComponent` leaves as it is.
const NO_URI_COMPONENT: AsciiSet = RESERVED.remove(b'!').remove(b'*').remove(b'\'').remove(b'(').remove(b')');

#[cfg(test)]
thread_local! {
    /// Breaks the masking on this thread, to see whether that is noticed.
    pub(crate) static MASKS_NOTHING: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
}

/// Whether a secret cannot be told from ordinary words by its value: it is short, or a word of our own.
pub(crate) fn is_ordinary(secret: &str) -> bool {
    secret.chars().count() < SHORTEST_BY_VALUE || vocabulary::is_ours(secret)
}

/// The secrets that are known so far, each by the variable that stands for it.
#[derive(Default, Clone)]
pub struct Secrets {
    /// By the text that is looked for, the longest first: a secret may contain another one.
    forms: Vec<Form>,
    known: BTreeSet<String>,
    variables: BTreeMap<String, usize>,
    headers: HashMap<HeaderName, String>,
}

/// One way in which a secret may stand in a text.
#[derive(Clone)]
struct Form {
    variable: String,
    text: String,
    /// It counts only where it is all of a value: between quotes, and not as the name of a member, or behind `=` or `:`.
    alone: bool,
}

/// A part of a masked text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Text that may be shown.
    Text(String),
    /// The name of the variable that stands for a secret.
    Variable(String),
}

impl Secrets {
    /// Learns a secret, with the forms that it takes inside JSON, URLs, forms and base64.
    pub fn add(&mut self, variable: &str, secret: &str) {
        if is_ordinary(secret) {
            self.add_ordinary(variable, secret);
        } else if self.known.insert(secret.to_owned()) {
            let variable = self.unused(variable);
            let forms = forms_of(secret).into_iter().map(|(suffix, text)| Form {
                variable: format!("{variable}{suffix}"),
                text,
                alone: false,
            });
            self.insert(forms);
        }
    }

    /// Learns a secret that ordinary words contain: it is masked where it is all of a value, and nowhere else.
    fn add_ordinary(&mut self, variable: &str, secret: &str) {
        if !secret.is_empty() && self.known.insert(secret.to_owned()) {
            let variable = self.unused(variable);
            let forms = [secret.to_owned(), json_text(secret), json_text_in_ascii(secret)].into_iter();
            let forms: BTreeSet<_> = forms.collect();
            self.insert(forms.into_iter().map(|text| Form { variable: variable.clone(), text, alone: true }));
        }
    }

    /// Learns that a header's value is a secret, whatever it is.
    pub fn add_header(&mut self, variable: &str, name: &HeaderName, value: &str) {
        self.headers.insert(name.clone(), variable.to_owned());
        if value.chars().count() >= SHORTEST_BY_VALUE {
            self.add(variable, value);
        }
    }

    /// Learns what a response holds in the members that `openapi.yaml` marks as secret, at any depth, and its cookies.
    pub fn capture(&mut self, prefix: &str, members: &[&str], response: &Response) {
        let mut found = Vec::new();
        for cookie in response.headers.get_all(SET_COOKIE) {
            let cookie = String::from_utf8_lossy(cookie.as_bytes()).into_owned();
            if let Some((name, value)) = cookie.split(';').next().and_then(|pair| pair.split_once('=')) {
                found.push((
                    format!("{prefix}_COOKIE_{}", variable_name(name)),
                    value.trim().trim_matches('"').to_owned(),
                ));
            }
        }
        if let Some(json) = response.json() {
            secret_members(prefix, members, json, &mut found);
        }
        for (variable, secret) in found {
            self.add(&variable, &secret);
        }
    }

    /// The text with `$VARIABLE` in the place of each secret.
    pub fn mask(&self, text: &str) -> String {
        joined(self.pieces(text))
    }

    /// The text masked, and then made into one line of at most 160 characters. Half a secret could not be found any more,
    /// so nothing is shortened before it is masked.
    pub fn mask_briefly(&self, text: &str) -> String {
        const BOUND: usize = 160;
        let line = self.mask(text).split_whitespace().collect::<Vec<_>>().join(" ");
        match line.char_indices().nth(BOUND) {
            Some((end, _)) => format!("{}…", &line[..end]),
            None => line,
        }
    }

    /// A header's value with `$VARIABLE` in the place of each secret.
    pub fn mask_header(&self, name: &HeaderName, value: &str) -> String {
        joined(self.pieces_of_header(name, value))
    }

    /// The text, cut where secrets were.
    pub fn pieces(&self, text: &str) -> Vec<Piece> {
        #[cfg(test)]
        if MASKS_NOTHING.get() {
            return vec![Piece::Text(text.to_owned())];
        }
        let mut pieces = vec![Piece::Text(text.to_owned())];
        for form in &self.forms {
            let cut = |piece| match piece {
                Piece::Text(text) => form.cut(text),
                variable => vec![variable],
            };
            pieces = pieces.into_iter().flat_map(cut).collect();
        }
        pieces
    }

    /// A header's value, cut where secrets were.
    pub fn pieces_of_header(&self, name: &HeaderName, value: &str) -> Vec<Piece> {
        match self.headers.get(name) {
            Some(variable) => vec![Piece::Variable(variable.clone())],
            None => self.pieces_of_basic(value).unwrap_or_else(|| self.pieces(value)),
        }
    }

    /// A Basic pair, where it holds an ordinary secret: encoded, that is found by no other means.
    fn pieces_of_basic(&self, value: &str) -> Option<Vec<Piece>> {
        let (scheme, encoded) = value.split_once(' ')?;
        let pair = scheme.eq_ignore_ascii_case("basic").then(|| STANDARD.decode(encoded).ok())??;
        let pair = String::from_utf8(pair).ok()?;
        let (_, password) = pair.split_once(':')?;
        let held = self.forms.iter().find(|form| form.alone && form.text == password)?;
        Some(vec![Piece::Text(format!("{scheme} ")), Piece::Variable(format!("{}_BASIC", held.variable))])
    }

    /// The forms that can be looked for in any text, each with the variable that should stand there.
    pub(crate) fn scannable(&self) -> impl Iterator<Item = (&str, &str)> {
        let forms = self.forms.iter().filter(|form| !form.alone);
        forms.map(|form| (form.variable.as_str(), form.text.as_str()))
    }

    fn insert(&mut self, forms: impl Iterator<Item = Form>) {
        for form in forms.filter(|form| !form.text.is_empty()) {
            let place = self.forms.partition_point(|other| other.text.len() >= form.text.len());
            self.forms.insert(place, form);
        }
    }

    /// The variable, with a number behind it from its second secret on.
    fn unused(&mut self, variable: &str) -> String {
        let count = self.variables.entry(variable.to_owned()).or_default();
        *count += 1;
        if *count == 1 { variable.to_owned() } else { format!("{variable}_{count}") }
    }
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.variables.keys()).finish()
    }
}

impl Form {
    fn cut(&self, text: String) -> Vec<Piece> {
        let mut pieces = Vec::new();
        let mut shown = 0;
        for (at, found) in text.match_indices(&self.text) {
            let after = at + found.len();
            if self.alone && !is_all_of_a_value(&text[..at], &text[after..]) {
                continue;
            }
            pieces.push(Piece::Text(text[shown..at].to_owned()));
            pieces.push(Piece::Variable(self.variable.clone()));
            shown = after;
        }
        pieces.push(Piece::Text(text[shown..].to_owned()));
        pieces.retain(|piece| *piece != Piece::Text(String::new()));
        pieces
    }
}

/// Whether what stands between these is a JSON text or number, or the value of a cookie or of a form's field.
fn is_all_of_a_value(before: &str, after: &str) -> bool {
    match before.chars().next_back() {
        Some('"') => after.strip_prefix('"').is_some_and(|rest| !rest.trim_start().starts_with(':')),
        Some('=' | ':') => after.chars().next().is_none_or(|next| "&;,}] \r\n\"'".contains(next)),
        _ => false,
    }
}

fn joined(pieces: Vec<Piece>) -> String {
    let texts = pieces.into_iter().map(|piece| match piece {
        Piece::Text(text) => text,
        Piece::Variable(name) => format!("${name}"),
    });
    texts.collect()
}

/// The texts that stand for a secret, each with what its variable's name ends with.
fn forms_of(secret: &str) -> Vec<(&'static str, String)> {
    let lower = |percent: &str| {
        // Only what follows a `%` is hexadecimal.
        let mut letters = percent.chars();
        let mut lower = String::new();
        while let Some(letter) = letters.next() {
            lower.push(letter);
            if letter == '%' {
                lower.extend(letters.by_ref().take(2).map(|digit| digit.to_ascii_lowercase()));
            }
        }
        lower
    };
    let json = json_text(secret);
    let ascii = json_text_in_ascii(secret);
    let mut forms = vec![
        ("", secret.to_owned()),
        ("_JSON", json.clone()),
        ("_JSON", json.replace('/', "\\/")),
        ("_JSON", json_text(&json)),
        ("_JSON", ascii.to_uppercase().replace("\\U", "\\u")),
        ("_JSON", ascii),
        ("_BASE64", STANDARD.encode(secret)),
        ("_BASE64URL", URL_SAFE_NO_PAD.encode(secret)),
    ];
    let form: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    let percent =
        [NON_ALPHANUMERIC, &RESERVED, &NO_URI_COMPONENT].map(|set| utf8_percent_encode(secret, set).to_string());
    for encoded in percent.into_iter().chain([form]) {
        forms.push(("_PERCENT", lower(&encoded)));
        forms.push(("_PERCENT", encoded));
    }
    // Behind something else, as in a Basic pair, a secret begins at any of three places of a group.
    for before in 1..=2 {
        let padded = [&[0; 2][..before], secret.as_bytes()].concat();
        let whole = padded.len() / 3 * 4;
        for encoded in [STANDARD_NO_PAD.encode(&padded), URL_SAFE_NO_PAD.encode(&padded)] {
            forms.push(("_BASE64", encoded[before + 1..whole].to_owned()));
        }
    }
    let mut seen = BTreeSet::new();
    forms.retain(|(_, text)| seen.insert(text.clone()));
    forms
}

/// The text as it stands between a JSON text's quotes.
fn json_text(text: &str) -> String {
    let quoted = Value::from(text).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

/// The same from an encoder that keeps to ASCII.
fn json_text_in_ascii(text: &str) -> String {
    let mut units = [0; 2];
    let mut ascii = String::new();
    for letter in json_text(text).chars() {
        match letter.is_ascii() {
            true => ascii.push(letter),
            false => ascii.extend(letter.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}"))),
        }
    }
    ascii
}

fn secret_members(prefix: &str, members: &[&str], json: &Value, found: &mut Vec<(String, String)>) {
    for (name, member) in json.as_object().into_iter().flatten() {
        if found.len() >= CAPTURED_PER_RESPONSE {
            return;
        }
        if let (Some(secret), true) = (member.as_str(), members.contains(&name.as_str())) {
            found.push((format!("{prefix}_{}", variable_name(name)), secret.to_owned()));
        }
        secret_members(prefix, members, member, found);
    }
    json.as_array().into_iter().flatten().for_each(|item| secret_members(prefix, members, item, found));
}

/// A name as that of a variable: `X-Access` as `X_ACCESS`.
pub(crate) fn variable_name(name: &str) -> String {
    let letter = |letter: char| if letter.is_ascii_alphanumeric() { letter.to_ascii_uppercase() } else { '_' };
    name.trim().chars().map(letter).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn secrets(secret: &str) -> Secrets {
        let mut secrets = Secrets::default();
        secrets.add("API_SECRET", secret);
        secrets
    }

    #[test]
    fn a_short_secret_is_masked_where_it_is_all_of_a_json_text_and_not_in_words_or_names() {
        let masked =
            secrets("umami").mask(r#"{"umami": "umami-like", "password":"umami", "list":["umami"]} for umami"#);
        assert_eq!(masked, r#"{"umami": "umami-like", "password":"$API_SECRET", "list":["$API_SECRET"]} for umami"#);
    }

    #[test]
    fn a_short_secret_is_masked_where_it_is_the_value_of_a_field_or_cookie_or_in_a_basic_pair() {
        let secrets = secrets("umami");
        assert_eq!(secrets.mask("/?code=umami&from=umami-like"), "/?code=$API_SECRET&from=umami-like");
        assert_eq!(secrets.mask("session=umami; Path=/umami"), "session=$API_SECRET; Path=/umami");
        assert_eq!(secrets.mask("code=umami"), "code=$API_SECRET");
        let basic = format!("Basic {}", STANDARD.encode("me:umami"));
        let masked = secrets.mask_header(&http::header::AUTHORIZATION, &basic);
        assert_eq!(masked, "Basic $API_SECRET_BASIC");
    }

    #[test]
    fn secrets_of_one_name_are_told_apart_by_number() {
        let mut secrets = Secrets::default();
        for token in ["first-token", "second-token", "first-token"] {
            secrets.add("API_TOKEN", token);
        }
        assert_eq!(secrets.mask("first-token second-token"), "$API_TOKEN $API_TOKEN_2");
    }

    #[test]
    fn a_configured_header_is_masked_whatever_its_length() {
        let mut secrets = Secrets::default();
        let name = HeaderName::from_static("x-access");
        secrets.add_header("API_HEADER_X_ACCESS", &name, "abc");
        assert_eq!(secrets.mask_header(&name, "abc"), "$API_HEADER_X_ACCESS");
    }

    proptest! {
        #[test]
        fn a_secret_is_found_in_every_usual_encoding(secret in "\\PC{8,40}", before in "[a-z]{0,5}:") {
            let secrets = secrets(&secret);
            let form: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
            let texts = [
                secret.clone(),
                Value::from(secret.as_str()).to_string(),
                json_text_in_ascii(&secret),
                format!("a={form}&b=c"),
                STANDARD.encode(&secret),
                STANDARD.encode(format!("{before}{secret}")),
            ];
            for text in texts {
                prop_assert!(secrets.pieces(&text).iter().any(|piece| matches!(piece, Piece::Variable(_))), "{text}");
            }
        }

        #[test]
        fn what_is_masked_holds_the_secret_no_more(secret in "[a-zA-Z0-9/+=-]{8,60}", around in "\\PC{0,20}") {
            let masked = secrets(&secret).mask(&format!("{around}{secret}{around}"));
            prop_assert!(!masked.contains(&secret));
        }
    }
}
