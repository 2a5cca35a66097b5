//! The `rust-version` that the workspace promises holds for what it depends on, too.

use serde_json::Value;
use std::process::Command;

/// `1.88` and `1.88.0` as numbers that compare.
fn version(text: &str) -> Vec<u64> {
    let mut parts: Vec<u64> =
        text.split('.').map(|part| part.parse().expect("a version's parts are numbers")).collect();
    parts.resize(3, 0);
    parts
}

#[test]
fn no_dependency_wants_a_newer_rust_than_the_workspace_promises() {
    let metadata = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked", "--offline"])
        .output()
        .expect("cargo runs");
    assert!(metadata.status.success(), "{}", String::from_utf8_lossy(&metadata.stderr));
    let metadata: Value = serde_json::from_slice(&metadata.stdout).expect("it is JSON");
    let packages = metadata["packages"].as_array().expect("it lists packages");
    assert!(packages.len() > 50, "the dependencies are among them");
    let promised = version(env!("CARGO_PKG_RUST_VERSION"));
    for package in packages {
        if let Some(wanted) = package["rust_version"].as_str() {
            assert!(version(wanted) <= promised, "{} wants Rust {wanted}", package["id"]);
        }
    }
}
