//! The cases for Uptinio: a file per section of its document.

mod account;
mod cors;
mod embedded;
mod error;
mod faults;
mod forms;
mod google;
mod mailbox;
mod passwords;
mod project;
mod projects;
mod public;
mod quick_register;
mod rate_limit;
mod register;
mod resend;
mod sdk;
mod serving;
mod sign_in;
mod sign_out;
mod token;
mod user;
mod validate;
mod verify_email;

use crate::case::{Case, Need};
use crate::suite::{Key, Recorded, Suite};
use probity_fixtures::uptinio;

/// Uptinio's part of the suite.
pub(crate) const SUITE: Suite = Suite {
    api: &uptinio::API,
    keys: &[
        Key { name: "email", says: "the address of a user whose address is verified", secret: false },
        Key { name: "password", says: "that user's password", secret: true },
        Key { name: "unverified_email", says: "the address of a user whose address is not verified", secret: false },
        Key { name: "unverified_password", says: "that user's password", secret: true },
        Key { name: "project_token", says: "the token of a project of the first user", secret: true },
        Key { name: "banned_token", says: "the token of a user who is banned", secret: true },
        Key { name: "google_id_token", says: "a Google ID token that has not expired", secret: true },
        Key {
            name: "code_command",
            says: "a shell command that prints the newest verification code for the address in $EMAIL",
            secret: false,
        },
    ],
    cases,
    embed: |deviations, random| Box::pin(embedded::start(deviations, random)),
    removal: None,
    decode: sdk::decode,
    proof: Recorded {
        matrix: include_str!("../../matrix/uptinio.txt"),
        equivalents: include_str!("../../matrix/uptinio.equivalent.toml"),
    },
};

/// A user whose address is verified.
const USER: Need = Need::Keys(&["email", "password"]);

/// A user whose address is not.
const UNVERIFIED: Need = Need::Keys(&["unverified_email", "unverified_password"]);

/// A project's token.
const PROJECT: Need = Need::Keys(&["project_token"]);

/// The token of a user who is banned.
const BANNED: Need = Need::Keys(&["banned_token"]);

/// A Google ID token.
const GOOGLE: Need = Need::Keys(&["google_id_token"]);

/// Where verification codes can be read.
const MAILBOX: Need = Need::Keys(&["code_command"]);

fn cases() -> Vec<Case> {
    let sections = [
        register::cases(),
        quick_register::cases(),
        sign_in::cases(),
        validate::cases(),
        sign_out::cases(),
        google::cases(),
        user::cases(),
        token::cases(),
        projects::cases(),
        public::cases(),
        rate_limit::cases(),
        error::cases(),
        verify_email::cases(),
        resend::cases(),
        cors::cases(),
    ];
    sections.into_iter().flatten().collect()
}
