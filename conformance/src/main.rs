//! `probity`: shows, requirement by requirement, where a deployment and its document part.

use std::process::ExitCode;

fn main() -> ExitCode {
    probity_conformance::main(std::env::args_os())
}
