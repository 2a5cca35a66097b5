//! The project's own commands. Each calls a crate that does the work.

use std::ffi::OsString;
use std::process::{Command, ExitCode};

const USAGE: &str = "\
usage: cargo xtask conformance [OPTIONS]   run the suite; without options, against the embedded reference server
       cargo xtask conformance prove       show that the suite can fail
       cargo xtask conformance --help      all that it can do";

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    match arguments.next().as_deref().and_then(|command| command.to_str()) {
        Some("conformance") => {
            let arguments: Vec<OsString> = arguments.collect();
            if arguments.first().is_some_and(|command| command == "prove") {
                return prove(&arguments);
            }
            let name = OsString::from("probity");
            probity_conformance::main(std::iter::once(name).chain(arguments))
        }
        _ => usage(),
    }
}

/// Proving plays some ten thousand cases. In the profile that it is built in here that takes less than a minute; in that of
/// the tests it would take several.
fn prove(arguments: &[OsString]) -> ExitCode {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut run = Command::new(cargo);
    run.args(["run", "--quiet", "--profile", "fast", "--package", "probity-conformance", "--bin", "probity", "--"]);
    match run.args(arguments).status() {
        // Killed by a signal: nothing is proven.
        Ok(status) => ExitCode::from(status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1)),
        Err(error) => failed(&format!("cargo does not start: {error}")),
    }
}

#[expect(clippy::print_stderr, reason = "this is a program")]
fn failed(what: &str) -> ExitCode {
    eprintln!("{what}");
    ExitCode::from(2)
}

fn usage() -> ExitCode {
    failed(USAGE)
}
