//! Uptinio: what its endpoints ask, how they read what its document shows, and what a server might answer instead.

#[path = "../shared/acceptance.rs"]
mod acceptance;
#[path = "../shared/any_json.rs"]
mod any_json;
#[path = "../shared/described.rs"]
mod described;
#[path = "../shared/description.rs"]
mod description;
#[path = "../shared/disclosure.rs"]
mod disclosure;
#[path = "../shared/log.rs"]
mod log;
#[path = "../shared/public_types.rs"]
mod public_types;
#[path = "../shared/wire.rs"]
mod wire;

mod any_answer;
mod any_request;
mod examples;
mod metrics;
mod pages;
mod reference_server;
mod refusals;
mod requests;
mod secrets;
mod servers;
