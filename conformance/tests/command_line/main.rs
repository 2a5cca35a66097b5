//! The binary, driven as people and CI jobs drive it.

mod action;
mod configuration;
mod deployment;
mod diff;
mod exit_codes;
mod explaining;
mod hostile_servers;
mod interrupting;
mod known_lists;
mod mail;
mod null_targets;
mod odd_servers;
mod output;
mod pages;
mod planning;
mod private_ca;
mod probity;
mod proving;
mod raw_server;
mod real_proxies;
mod report_files;
mod secrets;
mod storing;
mod tls_server;

use std::io::Write as _;

/// Says that a test was skipped, past the harness that keeps what passing tests print to itself.
pub(crate) fn skipped(why: &str) {
    // Whoever closed standard error does not want to know.
    let _ = writeln!(std::io::stderr(), "skipped: {why}");
}
