//! The suite: shows, requirement by requirement, where a server and its document agree and where they part.
//!
//! A run goes one way: a [`target`] and the [`plan`] of its [`case`]s; the [`engine`] plays them and keeps their
//! [`exchange`]s; [`verdict`] judges; [`report`] tells. What is particular to an API stands in the folder of its name,
//! and reaches the engine as a [`suite::Suite`].

pub mod case;
mod cli;
pub mod cost;
mod curl;
mod departed;
mod diagnosis;
pub mod diff;
pub mod engine;
pub mod exchange;
pub mod expect;
pub mod interrupt;
pub mod known;
pub mod ledger;
pub mod plan;
mod property;
pub mod prove;
pub mod report;
pub mod request;
pub mod run;
mod scan;
pub mod secrets;
pub mod shape;
pub mod suite;
pub mod target;
mod tinyauth;
pub mod trace;
mod umami;
mod uptinio;
pub mod verdict;
mod vocabulary;
pub mod wire;

pub use cli::main;

use suite::Suite;

/// The suites of all APIs: the one list of them.
pub static SUITES: &[Suite] = &[tinyauth::SUITE, umami::SUITE, uptinio::SUITE];
