//! Tinyauth, without a socket but in the last three: what its endpoints ask, and how they read what a real server
//! answered.

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
#[path = "../every_api/recording.rs"]
mod recording;
#[path = "../every_api/wire.rs"]
mod wire;

mod answer;
mod any_answer;
mod any_request;
mod authorize;
mod cookies;
mod examples;
#[cfg(feature = "tower")]
mod layer;
mod oauth;
mod recordings;
mod reference_server;
mod releases;
mod requests;
mod secrets;
mod sessions;
