//! The cases for Tinyauth: a file per section of its document.

mod app;
mod auth;
mod authorization;
mod codes;
mod cookies;
mod embedded;
mod forward;
mod gate;
mod healthcheck;
mod login;
mod logout;
mod methods;
mod mode;
mod oauth_callback;
mod oauth_url;
mod proxy;
mod sdk;
mod session;
mod sessions;
mod totp;
mod user;

use crate::case::{Case, Need};
use crate::suite::{Key, Recorded, Suite};
use probity_fixtures::tinyauth;

/// Tinyauth's part of the suite.
pub(crate) const SUITE: Suite = Suite {
    api: &tinyauth::API,
    keys: &[
        Key { name: "username", says: "the name of a user without TOTP", secret: false },
        Key { name: "password", says: "that user's password", secret: true },
        Key { name: "totp_username", says: "the name of a user with TOTP", secret: false },
        Key { name: "totp_password", says: "that user's password", secret: true },
        Key { name: "totp_secret", says: "that user's TOTP secret, in base32", secret: true },
        Key { name: "colon_username", says: "the name of a user whose password holds a colon", secret: false },
        Key { name: "colon_password", says: "that user's password", secret: true },
        Key { name: "oauth_provider", says: "a provider that is set up: github, google or generic", secret: false },
        Key { name: "oauth_follow", says: "true when that provider approves at once, false otherwise", secret: false },
        Key {
            name: "app",
            says: "the address of a protected app that answers 2xx to whoever is let in",
            secret: false,
        },
    ],
    cases,
    embed: |deviations, random| Box::pin(embedded::start(deviations, random)),
    removal: None,
    decode: sdk::decode,
    proof: Recorded {
        matrix: include_str!("../../matrix/tinyauth.txt"),
        equivalents: include_str!("../../matrix/tinyauth.equivalent.toml"),
    },
};

/// A user who can log in.
const USER: Need = Need::Keys(&["username", "password"]);

/// A user with TOTP who can log in.
const TOTP: Need = Need::Keys(&["totp_username", "totp_password", "totp_secret"]);

/// A user whose password holds a colon.
const COLON: Need = Need::Keys(&["colon_username", "colon_password"]);

/// A provider that is set up.
const OAUTH: Need = Need::Keys(&["oauth_provider"]);

/// A provider that approves at once.
const FOLLOWED: Need = Need::Flag("oauth_follow");

/// A protected app behind its proxy.
const APP: Need = Need::Keys(&["app"]);

fn cases() -> Vec<Case> {
    let sections = [
        authorization::cases(),
        mode::cases(),
        sessions::cases(),
        healthcheck::cases(),
        auth::cases(),
        proxy::cases(),
        login::cases(),
        totp::cases(),
        logout::cases(),
        app::cases(),
        user::cases(),
        oauth_url::cases(),
        oauth_callback::cases(),
        methods::cases(),
    ];
    sections.into_iter().flatten().collect()
}
