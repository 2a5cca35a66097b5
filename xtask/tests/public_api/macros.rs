//! As much of `macro_rules` as it takes to see the types that a crate's own macros declare.

use std::collections::HashMap;

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

/// A macro with one rule.
pub(crate) struct Macro {
    pattern: Vec<Pattern>,
    body: TokenStream,
}

enum Pattern {
    /// This token, as it is.
    Token(String),
    Group(Delimiter, Vec<Pattern>),
    /// `$name:kind`
    Variable(String, String),
    /// `$(…)*` or `$(…)+`, with nothing between its turns.
    Repeat(Vec<Pattern>),
}

/// What a pattern's variables stand for, and the turns of its repetitions.
#[derive(Default, Clone)]
struct Bound {
    variables: HashMap<String, TokenStream>,
    repeats: Vec<Vec<Bound>>,
}

impl Macro {
    /// Of what stands between the braces of `macro_rules! name { (pattern) => { body }; }`.
    pub(crate) fn new(rule: TokenStream) -> Self {
        let groups: Vec<Group> = rule.into_iter().filter_map(|token| group(&token)).collect();
        let [pattern, body] = &groups[..] else { panic!("a macro has one rule: read it some other way") };
        Self { pattern: patterns(pattern.stream()), body: body.stream() }
    }

    pub(crate) fn expand(&self, input: TokenStream) -> TokenStream {
        let input: Vec<_> = input.into_iter().collect();
        let mut bound = Bound::default();
        let left = matched(&self.pattern, &input, &mut bound).expect("the macro's own invocations match its rule");
        assert!(left.is_empty(), "the whole invocation matches");
        bound.transcribe(self.body.clone())
    }
}

fn group(token: &TokenTree) -> Option<Group> {
    match token {
        TokenTree::Group(group) => Some(group.clone()),
        _ => None,
    }
}

fn patterns(stream: TokenStream) -> Vec<Pattern> {
    let mut tokens = stream.into_iter().peekable();
    let mut all = Vec::new();
    while let Some(token) = tokens.next() {
        all.push(match token {
            TokenTree::Punct(dollar) if dollar.as_char() == '$' => match tokens.next().expect("what is meant") {
                TokenTree::Group(inner) => {
                    assert!(matches!(tokens.next(), Some(TokenTree::Punct(often)) if "*+".contains(often.as_char())));
                    Pattern::Repeat(patterns(inner.stream()))
                }
                name => {
                    let kind = tokens.nth(1).expect("a colon and a kind");
                    Pattern::Variable(name.to_string(), kind.to_string())
                }
            },
            TokenTree::Group(inner) => Pattern::Group(inner.delimiter(), patterns(inner.stream())),
            other => Pattern::Token(other.to_string()),
        });
    }
    all
}

/// What is left of the input when the pattern has taken its part.
fn matched<'a>(pattern: &[Pattern], mut input: &'a [TokenTree], bound: &mut Bound) -> Option<&'a [TokenTree]> {
    for part in pattern {
        match part {
            Pattern::Token(text) => {
                let (first, rest) = input.split_first()?;
                (first.to_string() == *text).then_some(())?;
                input = rest;
            }
            Pattern::Group(delimiter, inner) => {
                let (first, rest) = input.split_first()?;
                let found = group(first).filter(|found| found.delimiter() == *delimiter)?;
                let tokens: Vec<_> = found.stream().into_iter().collect();
                matched(inner, &tokens, bound)?.is_empty().then_some(())?;
                input = rest;
            }
            Pattern::Variable(name, kind) => {
                // A `meta` stands alone in its brackets; all else that the macros take is one token.
                let count = if kind == "meta" { input.len() } else { 1 };
                let (taken, rest) = input.split_at_checked(count)?;
                let fits = match kind.as_str() {
                    "ident" => matches!(taken, [TokenTree::Ident(_)]),
                    "literal" => matches!(taken, [TokenTree::Literal(_)]),
                    "meta" => !taken.is_empty(),
                    other => panic!("no macro took a {other} before: teach it here"),
                };
                fits.then_some(())?;
                bound.variables.insert(name.clone(), taken.iter().cloned().collect());
                input = rest;
            }
            Pattern::Repeat(inner) => {
                let mut turns = Vec::new();
                loop {
                    let mut turn = Bound::default();
                    let Some(rest) = matched(inner, input, &mut turn) else { break };
                    turns.push(turn);
                    input = rest;
                }
                bound.repeats.push(turns);
            }
        }
    }
    Some(input)
}

impl Bound {
    fn knows(&self, name: &str) -> bool {
        self.variables.contains_key(name) || self.repeats.iter().flatten().any(|turn| turn.knows(name))
    }

    /// What a turn of a repetition sees: its own, and what stands around it.
    fn within(&self, around: &Bound) -> Bound {
        let mut whole = self.clone();
        for (name, value) in &around.variables {
            whole.variables.entry(name.clone()).or_insert_with(|| value.clone());
        }
        whole
    }

    fn transcribe(&self, body: TokenStream) -> TokenStream {
        let mut tokens = body.into_iter().peekable();
        let mut out = TokenStream::new();
        while let Some(token) = tokens.next() {
            match token {
                TokenTree::Punct(dollar) if dollar.as_char() == '$' => match tokens.next().expect("what is meant") {
                    TokenTree::Group(inner) => {
                        let often = tokens.next().map(|often| often.to_string());
                        assert!(matches!(often.as_deref(), Some("*" | "+")), "nothing stands between the turns");
                        let turns = self.repeats.iter().find(|turns| {
                            turns.iter().any(|turn| variables(inner.stream()).iter().any(|name| turn.knows(name)))
                        });
                        for turn in turns.into_iter().flatten() {
                            out.extend(turn.within(self).transcribe(inner.stream()));
                        }
                    }
                    name => {
                        out.extend(self.variables.get(&name.to_string()).expect("a variable of the pattern").clone());
                    }
                },
                TokenTree::Group(inner) => {
                    let inside = self.transcribe(inner.stream());
                    out.extend([TokenTree::from(Group::new(inner.delimiter(), inside))]);
                }
                other => out.extend([other]),
            }
        }
        out
    }
}

/// The names after `$` in it, however deep. Those of the crate's whole body would never be asked for.
fn variables(stream: TokenStream) -> Vec<String> {
    let mut names = Vec::new();
    let mut after_dollar = false;
    for token in stream {
        match &token {
            TokenTree::Group(inner) => names.extend(variables(inner.stream())),
            TokenTree::Ident(name) if after_dollar => names.push(name.to_string()),
            _ => {}
        }
        after_dollar = matches!(&token, TokenTree::Punct(dollar) if dollar.as_char() == '$');
    }
    names
}
