//! What the project's own programs have in common.

use std::process::ExitCode;

/// Prints a line.
#[expect(clippy::print_stdout, reason = "this is for programs")]
pub fn say(line: impl std::fmt::Display) {
    println!("{line}");
}

/// Prints a line for those who watch, beside the output.
#[expect(clippy::print_stderr, reason = "this is for programs")]
pub fn remark(line: impl std::fmt::Display) {
    eprintln!("{line}");
}

/// Says why a program could not do what it is for, and gives its exit code.
pub fn failed(what: impl std::fmt::Display) -> ExitCode {
    remark(what);
    ExitCode::from(2)
}

/// The memory that a process holds, in MiB; none where the system does not tell it.
pub fn resident(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: u64 = line.trim().trim_end_matches("kB").trim().parse().ok()?;
    Some(kib / 1024)
}
