//! Tinyauth, without a socket but in the last three: what its endpoints ask, and how they read what a real server
//! answered.

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
#[path = "../shared/recording.rs"]
mod recording;
#[path = "../shared/wire.rs"]
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
