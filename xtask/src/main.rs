//! The project's own commands. Each calls a crate that does the work.

mod fuzz;

use program::failed;
use std::ffi::OsString;
use std::process::{Command, ExitCode};

const USAGE: &str = "\
usage: cargo xtask conformance [OPTIONS]   run the suite; without options, against the embedded reference server
       cargo xtask conformance prove       show that the suite can fail
       cargo xtask conformance --help      all that it can do
       cargo xtask bench [--quick] [--json]   measure the parts, and hold them to bounds; writes BENCHMARKS.md
       cargo xtask endure [--short]        put the reference server under load, for a minute or for some seconds
       cargo xtask fuzz [--short]          give what reads from outside 200 000 inputs each, or 10 000";

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
        Some("bench") => bench(&arguments.collect::<Vec<_>>()),
        Some("endure") => endure(&arguments.collect::<Vec<_>>()),
        Some("fuzz") => match arguments.collect::<Vec<_>>().as_slice() {
            [] => fuzz::run(false),
            [short] if short == "--short" => fuzz::run(true),
            _ => usage(),
        },
        _ => usage(),
    }
}

/// Proving plays some ten thousand cases. In the profile that it is built in here that takes less than a minute; in that of
/// the tests it would take several.
fn prove(arguments: &[OsString]) -> ExitCode {
    let mut run =
        cargo(&["run", "--quiet", "--profile", "fast", "--package", "probity-conformance", "--bin", "probity"]);
    exit_code(run.arg("--").args(arguments))
}

/// Builds what is measured, and measures it.
fn bench(arguments: &[OsString]) -> ExitCode {
    for what in [
        &["probity-conformance", "--bin", "probity"][..],
        &["probity-server", "--bin", "probity-server"],
        &["xtask", "--features", "bench", "--bins"],
    ] {
        let built = exit_code(cargo(&["build", "--quiet", "--profile", "fast", "--package"]).args(what));
        if built != ExitCode::SUCCESS {
            return built;
        }
    }
    let mut run =
        cargo(&["run", "--quiet", "--profile", "fast", "--package", "xtask", "--features", "bench", "--bin", "bench"]);
    exit_code(run.arg("--").args(arguments))
}

/// Builds the server and what puts it under load, and runs that. It holds thousands of connections open, as the server does:
/// of both the system may allow too few unless it is told.
fn endure(arguments: &[OsString]) -> ExitCode {
    let server = ["build", "--quiet", "--profile", "fast", "--package", "probity-server", "--bin", "probity-server"];
    let built = exit_code(&mut cargo(&server));
    if built != ExitCode::SUCCESS {
        return built;
    }
    let mut run = Command::new("sh");
    run.args([
        "-c",
        "ulimit -n 8192 || { echo 'endure: this system allows no 8192 open files' >&2; exit 2; }; exec \"$@\"",
        "sh",
    ])
    .arg(cargo(&[]).get_program());
    run.args([
        "run",
        "--quiet",
        "--profile",
        "fast",
        "--package",
        "xtask",
        "--features",
        "endure",
        "--bin",
        "endure",
        "--",
    ]);
    exit_code(run.args(arguments))
}

fn cargo(arguments: &[&str]) -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(arguments);
    cargo
}

fn exit_code(command: &mut Command) -> ExitCode {
    match command.status() {
        // Killed by a signal: nothing is shown.
        Ok(status) => ExitCode::from(status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1)),
        Err(error) => failed(format!("{} does not start: {error}", command.get_program().display())),
    }
}

fn usage() -> ExitCode {
    failed(USAGE)
}
