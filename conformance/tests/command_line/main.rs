//! The binary, driven as people and CI jobs drive it.

mod configuration;
mod deployment;
mod exit_codes;
mod explaining;
mod output;
mod probity;
mod secrets;
