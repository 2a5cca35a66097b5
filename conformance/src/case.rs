//! A case: one scenario, and what it declares of itself.

use crate::request::Request;
use crate::run::{Run, Stop};
use probity_fixtures::{Operation, Requirement};
use std::borrow::Cow;
use std::fmt;
use std::pin::Pin;

/// One scenario: requests, and assertions that each cite a requirement.
pub struct Case {
    /// A stable slug: `umami.login.wrong-password`.
    pub id: Cow<'static, str>,
    /// What it does, in a sentence.
    pub says: Cow<'static, str>,
    /// What it asserts or observes; all of it, and nothing else.
    pub requirements: Vec<&'static Requirement>,
    /// What it does to the target beyond reading.
    pub effects: Vec<Effect>,
    /// What it does in place of its effects where these are not allowed.
    pub instead: Option<Instead>,
    /// What it cannot do without.
    pub needs: Vec<Need>,
    /// The operation whose shape it judges, for the one case per operation that does.
    pub shape_of: Option<&'static Operation>,
    pub(crate) scenario: Box<dyn Scenario + Send + Sync>,
}

/// A case of these requirements, which `scenario` plays.
///
/// # Panics
/// When it covers no requirement: then it would prove nothing.
pub fn case<F>(id: &'static str, says: &'static str, requirements: &[&'static Requirement], scenario: F) -> Case
where
    F: AsyncFn(&Run) -> Result<(), Stop> + Send + Sync + 'static,
{
    assert!(!requirements.is_empty(), "{id} covers no requirement");
    Case {
        id: id.into(),
        says: says.into(),
        requirements: requirements.to_vec(),
        effects: Vec::new(),
        instead: None,
        needs: Vec::new(),
        shape_of: None,
        scenario: Box::new(scenario),
    }
}

/// The one case that judges an operation's successful answer against `openapi.yaml`: its own exchange, and those of all
/// other cases. `request` makes a request that has to succeed.
pub fn shape_case<F>(operation: &'static Operation, request: F) -> Case
where
    F: AsyncFn(&Run) -> Result<Request, Stop> + Send + Sync + 'static,
{
    let scenario = async move |run: &Run| {
        let request = request(run).await?;
        run.judge_shape(request).await
    };
    Case {
        id: shape_case_id(operation).into(),
        says: format!("{} {} answers in the shape that the document gives", operation.method, operation.path).into(),
        shape_of: Some(operation),
        requirements: operation.answer_requirements.to_vec(),
        effects: Vec::new(),
        instead: None,
        needs: Vec::new(),
        scenario: Box::new(scenario),
    }
}

/// The id of the case of an operation's shape.
pub(crate) fn shape_case_id(operation: &Operation) -> String {
    format!("{}.shape", slug(operation.id))
}

/// An operation's id as ids are written: `tinyauth.oauth-url` for `tinyauth.oauthUrl`.
pub(crate) fn slug(operation: &str) -> String {
    let letter = |letter: char| match letter.is_ascii_uppercase() {
        true => format!("-{}", letter.to_ascii_lowercase()),
        false => letter.to_string(),
    };
    operation.chars().map(letter).collect()
}

impl Case {
    /// The same, declared to do this to the target.
    pub fn effect(mut self, effect: Effect) -> Self {
        self.effects.push(effect);
        self
    }

    /// The same, that does this instead where its own effects are not allowed, on what a key of the configuration names.
    pub fn instead(mut self, effect: Effect, key: &'static str) -> Self {
        self.instead = Some(Instead { effect, key });
        self
    }

    /// The same, declared to need this.
    pub fn needs(mut self, need: Need) -> Self {
        self.needs.push(need);
        self
    }

    /// The document's section that it belongs to: that of its first requirement.
    pub fn section(&self) -> &'static str {
        self.requirements[0].section
    }
}

impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Case").field(&self.id).finish()
    }
}

/// What a case plays: an async closure, boxed.
pub(crate) trait Scenario {
    fn play<'a>(&'a self, run: &'a Run) -> Pin<Box<dyn Future<Output = Result<(), Stop>> + 'a>>;
}

impl<F: AsyncFn(&Run) -> Result<(), Stop>> Scenario for F {
    fn play<'a>(&'a self, run: &'a Run) -> Pin<Box<dyn Future<Output = Result<(), Stop>> + 'a>> {
        Box::pin(self(run))
    }
}

/// What a case does to its target, beyond reading. A target that is not embedded has to allow it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// Creates something, and removes it again.
    Write,
    /// Creates what no call can remove.
    Permanent,
    /// Waits out real time.
    Slow,
    /// Fails logins on purpose, which may lock an account or an address.
    Lockout,
    /// Spends a rate limit.
    Exhaust,
}

impl Effect {
    /// All of them, in the order in which cases that have them run.
    pub const ALL: [Effect; 5] = [Effect::Write, Effect::Permanent, Effect::Slow, Effect::Lockout, Effect::Exhaust];

    /// The word used in configurations and reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Effect::Write => "write",
            Effect::Permanent => "permanent",
            Effect::Slow => "slow",
            Effect::Lockout => "lockout",
            Effect::Exhaust => "exhaust",
        }
    }

    /// What that is, in a few words.
    pub const fn says(self) -> &'static str {
        match self {
            Effect::Write => "creates, and removes again",
            Effect::Permanent => "creates what no call can remove",
            Effect::Slow => "waits out real time",
            Effect::Lockout => "fails logins on purpose",
            Effect::Exhaust => "spends a rate limit",
        }
    }
}

/// Another way for a case, with another effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Instead {
    /// What that does to the target.
    pub effect: Effect,
    /// The key that names what it is done to.
    pub key: &'static str,
}

/// What a case cannot do without.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Values that the target's configuration gives.
    Keys(&'static [&'static str]),
    /// That the target's configuration says of this key that it is so: `true`.
    Flag(&'static str),
    /// A clock that can be advanced, which only the embedded server has.
    Clock,
}
