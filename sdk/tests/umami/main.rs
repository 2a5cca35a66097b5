//! Umami, without a socket but in the last two: what its endpoints ask, and how they read what real servers answered.

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
#[path = "../shared/public_types.rs"]
mod public_types;
#[path = "../shared/recording.rs"]
mod recording;
#[path = "../shared/wire.rs"]
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
