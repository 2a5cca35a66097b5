//! The cases for Umami: a file per section of its document.

mod authorization;
mod embedded;
mod login;
mod sdk;
mod session;
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
    ],
    cases,
    embed: |deviations, random| Box::pin(embedded::start(deviations, random)),
    decode: sdk::decode,
};

/// A user who can log in.
const USER: Need = Need::Keys(&["username", "password"]);

fn cases() -> Vec<Case> {
    [login::cases(), authorization::cases(), websites::cases(), verify::cases()].into_iter().flatten().collect()
}
