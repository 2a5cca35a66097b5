//! The cases for Umami: a file per section of its document.

mod authorization;
mod embedded;
mod login;
mod sdk;
mod send;
mod session;
mod site;
mod verify;
mod websites;

use crate::case::{Case, Need};
use crate::suite::{Key, Recorded, Suite};
use probity_fixtures::umami;
use serde_json::Value;

/// Umami's part of the suite.
pub(crate) const SUITE: Suite = Suite {
    api: &umami::API,
    keys: &[
        Key { name: "username", says: "the name of a user", secret: false },
        Key { name: "password", says: "that user's password", secret: true },
        Key { name: "website", says: "a website to send events to, where none may be created", secret: false },
    ],
    cases,
    embed: |deviations, random| Box::pin(embedded::start(deviations, random)),
    removal: Some(|run, name| Box::pin(site::removal_of(run, name))),
    decode: sdk::decode,
    proof: Recorded {
        matrix: include_str!("../../matrix/umami.txt"),
        equivalents: include_str!("../../matrix/umami.equivalent.toml"),
    },
};

/// A user who can log in.
const USER: Need = Need::Keys(&["username", "password"]);

/// A sample body that the document prints; null where it prints none of that name.
fn example(name: &str) -> Value {
    let example = umami::API.examples.iter().find(|example| example.name == name);
    example.and_then(|example| serde_json::from_str(example.json).ok()).unwrap_or_default()
}

fn cases() -> Vec<Case> {
    let sections = [login::cases(), authorization::cases(), websites::cases(), verify::cases(), send::cases()];
    sections.into_iter().flatten().collect()
}
