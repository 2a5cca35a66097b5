//! Knows every secret of a case by its value, and masks them in all that is shown.
//!
//! A masked text is a list of pieces, so that a shell line can expand the variables that took the secrets' places.

use crate::exchange::Response;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

/// Shorter secrets occur in ordinary words, and are masked in the members that hold them only.
const SHORTEST_BY_VALUE: usize = 8;

/// The secrets that are known so far, each by the variable that stands for it.
#[derive(Default, Clone)]
pub struct Secrets {
    forms: Vec<Form>,
    too_short: Vec<String>,
}

/// One way in which a secret may stand in a text.
#[derive(Clone)]
struct Form {
    variable: String,
    text: String,
    /// What has to stand before and after it, for a secret that is too short to be told from an ordinary word.
    within: (&'static str, &'static str),
}

impl Form {
    fn anywhere(variable: String, text: String) -> Self {
        Self { variable, text, within: ("", "") }
    }
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
    /// Learns a secret, with the forms that it takes inside JSON, URLs and Basic credentials.
    pub fn add(&mut self, variable: &str, secret: &str) {
        if secret.is_empty() || self.forms.iter().any(|form| form.text == secret) {
            return;
        }
        let quoted = Value::from(secret).to_string();
        let json = quoted[1..quoted.len() - 1].to_owned();
        if secret.chars().count() < SHORTEST_BY_VALUE {
            self.too_short.push(variable.to_owned());
            for within in [(":\"", "\""), (": \"", "\"")] {
                self.forms.push(Form { variable: variable.to_owned(), text: json.clone(), within });
            }
            return;
        }
        let forms = [
            (variable.to_owned(), secret.to_owned()),
            (format!("{variable}_JSON"), json.clone()),
            (format!("{variable}_JSON"), json.replace('/', "\\/")),
            (format!("{variable}_PERCENT"), utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string()),
            (format!("{variable}_BASE64"), STANDARD.encode(secret)),
            (format!("{variable}_BASE64URL"), URL_SAFE_NO_PAD.encode(secret)),
        ];
        for (variable, text) in forms {
            if !self.forms.iter().any(|form| form.text == text) {
                self.forms.push(Form::anywhere(variable, text));
            }
        }
        // A secret may contain another one: the longest is masked first.
        self.forms.sort_by_key(|form| std::cmp::Reverse(form.text.len()));
    }

    /// Learns a name and password as they travel in Basic credentials.
    pub fn add_basic(&mut self, variable: &str, name: &str, password: &str) {
        self.add(&format!("{variable}_BASIC"), &STANDARD.encode(format!("{name}:{password}")));
    }

    /// Learns what a response holds in the members that `openapi.yaml` marks as secret, at any depth.
    pub fn capture(&mut self, prefix: &str, members: &[&str], response: &Response) {
        if let Some(json) = response.json() {
            self.capture_in(prefix, members, json);
        }
    }

    fn capture_in(&mut self, prefix: &str, members: &[&str], json: &Value) {
        for (name, member) in json.as_object().into_iter().flatten() {
            if let (Some(secret), true) = (member.as_str(), members.contains(&name.as_str())) {
                let number = match self.variables_of(&format!("{prefix}_{}", name.to_uppercase())) {
                    0 => String::new(),
                    already => format!("_{}", already + 1),
                };
                self.add(&format!("{prefix}_{}{number}", name.to_uppercase()), secret);
            }
            self.capture_in(prefix, members, member);
        }
        json.as_array().into_iter().flatten().for_each(|item| self.capture_in(prefix, members, item));
    }

    /// How many secrets go by this variable, or by it and a number.
    fn variables_of(&self, variable: &str) -> usize {
        let numbered = |form: &&Form| match form.variable.strip_prefix(variable) {
            Some(rest) => rest.is_empty() || rest.strip_prefix('_').is_some_and(|n| n.parse::<usize>().is_ok()),
            None => false,
        };
        self.forms.iter().filter(numbered).count()
    }

    /// The variables whose secrets are too short to be found by value.
    pub fn too_short(&self) -> impl Iterator<Item = &str> {
        self.too_short.iter().map(String::as_str)
    }

    /// The text with `$VARIABLE` in the place of each secret.
    pub fn mask(&self, text: &str) -> String {
        let pieces = self.pieces(text).into_iter().map(|piece| match piece {
            Piece::Text(text) => text,
            Piece::Variable(name) => format!("${name}"),
        });
        pieces.collect()
    }

    /// The text masked, and then made into one line of at most 160 characters.
    pub fn mask_briefly(&self, text: &str) -> String {
        const BOUND: usize = 160;
        let line = self.mask(text).split_whitespace().collect::<Vec<_>>().join(" ");
        match line.char_indices().nth(BOUND) {
            Some((end, _)) => format!("{}…", &line[..end]),
            None => line,
        }
    }

    /// The text, cut where secrets were.
    pub fn pieces(&self, text: &str) -> Vec<Piece> {
        let mut pieces = vec![Piece::Text(text.to_owned())];
        for form in &self.forms {
            let cut = |piece| match piece {
                Piece::Text(text) => form.cut(&text),
                variable => vec![variable],
            };
            pieces = pieces.into_iter().flat_map(cut).collect();
        }
        pieces
    }
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.forms.iter().map(|form| &form.variable)).finish()
    }
}

impl Form {
    fn cut(&self, text: &str) -> Vec<Piece> {
        let (before, after) = self.within;
        let parts: Vec<_> = text.split(&format!("{before}{}{after}", self.text)).collect();
        let last = parts.len() - 1;
        let mut pieces = Vec::new();
        for (place, part) in parts.into_iter().enumerate() {
            let open = if place == 0 { "" } else { after };
            let close = if place == last { "" } else { before };
            let between = format!("{open}{part}{close}");
            if !between.is_empty() {
                pieces.push(Piece::Text(between));
            }
            if place < last {
                pieces.push(Piece::Variable(self.variable.clone()));
            }
        }
        pieces
    }
}
