//! `cargo xtask fuzz`: each target of `fuzz/` is given so many inputs, the same ones each time.

use crate::{cargo, exit_code};
use program::{failed, say};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{ExitCode, Stdio};

/// The targets, and the folders of what they begin with: recordings, sample bodies, files as people write them.
const TARGETS: [(&str, &[&str]); 6] = [
    ("configuration", &["fuzz/seeds/configuration"]),
    ("known-list", &["fuzz/seeds/known-list"]),
    ("recording", &["fixtures/tinyauth/releases", "fixtures/umami/releases"]),
    ("tinyauth", &["fixtures/tinyauth/releases", "fixtures/tinyauth/examples"]),
    ("umami", &["fixtures/umami/releases", "fixtures/umami/examples"]),
    ("uptinio", &["fixtures/uptinio/examples"]),
];

pub(crate) fn run(is_short: bool) -> ExitCode {
    let version = cargo(&["fuzz", "--version"]).stdout(Stdio::null()).stderr(Stdio::null()).status();
    if !version.is_ok_and(|status| status.success()) {
        say("skipped: there is no cargo-fuzz here; `cargo install --locked cargo-fuzz` brings it");
        return ExitCode::SUCCESS;
    }
    for (target, folders) in TARGETS {
        let found = match fuzz(target, folders, if is_short { 10_000 } else { 200_000 }) {
            Ok(found) => found,
            Err(error) => return failed(format_args!("fuzz {target}: {error}")),
        };
        if found != ExitCode::SUCCESS {
            return found;
        }
    }
    ExitCode::SUCCESS
}

fn fuzz(target: &str, folders: &[&str], inputs: u32) -> std::io::Result<ExitCode> {
    // What is found on the way is kept in the first folder, which is empty so that each run is the same; the others are read.
    let found = Path::new("target/fuzz/found").join(target);
    if found.exists() {
        fs::remove_dir_all(&found)?;
    }
    fs::create_dir_all(&found)?;
    let mut seeds = Vec::new();
    for folder in folders {
        seeds.extend(with_files(Path::new(folder))?);
    }
    let mut fuzz = cargo(&["fuzz", "run", "--fuzz-dir", "fuzz", "--target-dir", "target/fuzz"]);
    // No instrument for memory that is misused: no crate has unsafe code, and it would want another toolchain.
    fuzz.args(["--sanitizer", "none", target]).arg(found).args(seeds);
    fuzz.args(["--", &format!("-runs={inputs}"), "-seed=1", "-max_len=65536", "-verbosity=0", "-print_final_stats=1"]);
    // In MiB, and in seconds for one input.
    fuzz.args(["-rss_limit_mb=1024", "-malloc_limit_mb=64", "-timeout=10"]);
    Ok(exit_code(&mut fuzz))
}

/// The folders under this one, and itself, that hold files.
fn with_files(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let (mut folders, mut has_files) = (Vec::new(), false);
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        match path.is_dir() {
            true => folders.extend(with_files(&path)?),
            false => has_files = true,
        }
    }
    if has_files {
        folders.push(folder.to_owned());
    }
    Ok(folders)
}
