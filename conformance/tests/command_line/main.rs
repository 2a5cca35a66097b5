//! The binary, driven as people and CI jobs drive it.

mod configuration;
mod deployment;
mod exit_codes;
mod explaining;
mod null_targets;
mod odd_servers;
mod output;
mod probity;
mod raw_server;
mod secrets;
mod storing;
