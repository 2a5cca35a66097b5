//! The forms of the report: each of them tells what the model holds, whatever a target has put into it.

mod browser;
mod html;
mod junit;
mod markdown;
mod parity;
mod random;
mod schema;

use std::io::Write as _;

/// Says that a test was skipped, past the harness that keeps what passing tests print to itself.
pub(crate) fn skipped(why: &str) {
    // Whoever closed standard error does not want to know.
    let _ = writeln!(std::io::stderr(), "skipped: {why}");
}
