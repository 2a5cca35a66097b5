//! The project's own commands. Each calls a crate that does the work.

use std::ffi::OsString;
use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask conformance [OPTIONS]   run the suite; without options, against the embedded reference server
       cargo xtask conformance --help      all that it can do";

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    match arguments.next().as_deref().and_then(|command| command.to_str()) {
        Some("conformance") => {
            let name = OsString::from("probity");
            probity_conformance::main(std::iter::once(name).chain(arguments))
        }
        _ => usage(),
    }
}

#[expect(clippy::print_stderr, reason = "this is a program")]
fn usage() -> ExitCode {
    eprintln!("{USAGE}");
    ExitCode::from(2)
}
