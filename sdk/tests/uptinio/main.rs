//! Uptinio: what its endpoints ask, how they read what its document shows, and what a server might answer instead.

#[path = "../every_api/acceptance.rs"]
mod acceptance;
#[path = "../every_api/any_json.rs"]
mod any_json;
#[path = "../every_api/described.rs"]
mod described;
#[path = "../every_api/description.rs"]
mod description;
#[path = "../every_api/disclosure.rs"]
mod disclosure;
#[path = "../every_api/log.rs"]
mod log;
#[path = "../every_api/public_types.rs"]
mod public_types;
#[path = "../every_api/wire.rs"]
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
