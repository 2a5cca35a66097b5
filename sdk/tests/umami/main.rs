//! Umami, without a socket but in the last two: what its endpoints ask, and how they read what real servers answered.

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
#[path = "../every_api/public_types.rs"]
mod public_types;
#[path = "../every_api/recording.rs"]
mod recording;
#[path = "../every_api/wire.rs"]
mod wire;

mod any_answer;
mod any_request;
mod bounds;
mod examples;
#[cfg(all(feature = "tower", feature = "tracker"))]
mod layer;
mod pages;
mod recordings;
mod reference_server;
mod release_2;
mod renewal;
mod requests;
mod secrets;
#[cfg(feature = "tracker")]
mod tracker;
#[cfg(feature = "tracker")]
mod tracker_in_trouble;
#[cfg(feature = "tracker")]
mod tracker_spool;
mod user_agents;
