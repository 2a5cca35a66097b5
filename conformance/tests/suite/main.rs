//! The suite put to servers that are known: does it see what is there, and nothing else?

mod costs;
mod deviations;
mod engine;
mod fixtures;
mod run;
