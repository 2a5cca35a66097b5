//! Umami, without a socket but in the last two: what its endpoints ask, and how they read what real servers answered.

mod any_answer;
mod bounds;
mod examples;
mod pages;
mod recording;
mod recordings;
mod reference_server;
mod release_2;
mod requests;
mod secrets;
