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
use crate::suite::{Key, Suite};
use probity_fixtures::umami;

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
    decode: sdk::decode,
};

/// A user who can log in.
const USER: Need = Need::Keys(&["username", "password"]);

fn cases() -> Vec<Case> {
    let sections = [login::cases(), authorization::cases(), websites::cases(), verify::cases(), send::cases()];
    sections.into_iter().flatten().collect()
}
