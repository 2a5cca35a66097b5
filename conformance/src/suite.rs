//! What the folder of an API gives to the engine. The engine knows no API but through this.

use crate::case::Case;
use crate::exchange::Response;
use crate::run::{Removal, Run, Stop};
use probity_fixtures::{Api, Operation};
use probity_server::Clock;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::pin::Pin;
use std::sync::LazyLock;

/// One API's cases, and how its targets are come by.
#[derive(Clone, Copy)]
pub struct Suite {
    /// What the document says.
    pub api: &'static Api,
    /// What a target's configuration may give, beyond what every target has.
    pub keys: &'static [Key],
    /// The cases, in the order of the document.
    pub cases: fn() -> Vec<Case>,
    /// Starts the reference server with these deviations and random credentials.
    pub embed: for<'a> fn(&'a [&'static str], fastrand::Rng) -> Embedding<'a>,
    /// How to remove what one of the cases created under a name, in a run that is over; none where no case creates what
    /// can be removed.
    pub removal: Option<for<'a> fn(&'a Run, &'a str) -> Removing<'a>>,
    /// Reads a successful answer as the SDK does; none where the SDK has no such operation.
    pub decode: fn(&Operation, &Response) -> Option<Result<(), String>>,
    /// What [`prove`](crate::prove) is held to.
    pub proof: Recorded,
}

/// What was found out by proving, as it is committed.
#[derive(Debug, Clone, Copy)]
pub struct Recorded {
    /// Which case notices which mutant: the text of `matrix/<api>.txt`.
    pub matrix: &'static str,
    /// Which mutants nobody can notice, and why: the text of `matrix/<api>.equivalent.toml`.
    pub equivalents: &'static str,
}

/// A reference server on its way up.
pub type Embedding<'a> = Pin<Box<dyn Future<Output = io::Result<Embedded>> + 'a>>;

/// A removal on its way: it may have to log in first.
pub type Removing<'a> = Pin<Box<dyn Future<Output = Result<Removal, Stop>> + 'a>>;

/// A value that a target's configuration may give.
pub struct Key {
    /// Its name in the configuration.
    pub name: &'static str,
    /// What it is.
    pub says: &'static str,
    /// Whether it must never be shown.
    pub secret: bool,
}

/// A value that is made when it is first asked for: a signed token, say.
pub type Made = LazyLock<String, Box<dyn FnOnce() -> String + Send>>;

/// Tells the newest verification code that was mailed to an address.
pub type Mailbox = Box<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// A reference server that runs in this process.
pub struct Embedded {
    /// Where it listens.
    pub url: String,
    /// What a configuration would give, for the keys of the API.
    pub values: BTreeMap<&'static str, String>,
    /// What only such a server can give, and costs to make: made when a case asks for it, by a name of its own.
    pub made: BTreeMap<&'static str, Made>,
    /// Its clock, which stands until a case moves it.
    pub clock: Clock,
    /// Where its mails are read, if it sends any.
    pub mailbox: Option<Mailbox>,
    /// The ids of the deviations that the server came to so far where it would have departed, had it had them.
    pub asked: Box<dyn Fn() -> BTreeSet<&'static str>>,
    /// Stops the server when dropped.
    pub server: Box<dyn std::any::Any>,
}
