//! What the first build takes, and which crates take most of it.

use crate::Trouble;
use crate::measure::{output_of, seconds};
use crate::row::{Bound, Row};
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::Command;

/// A crate that takes longer is here for a reason that is written down, or it does not hold.
const LONG: f64 = 5.0;

/// Why crates are here that take long.
const REASONS: &[(&str, &str)] = &[
    ("jsonschema", "holds each answer to openapi.yaml; an own validator would have to be believed"),
    ("probity", "the SDK itself"),
    ("probity-conformance", "the suite itself"),
    ("probity-fixtures", "the documents, read and checked when it is built"),
    ("probity-server", "the reference server itself"),
    ("ring", "the one stack of cryptography: TLS, tokens, their keys"),
    ("rustls", "TLS for deployments"),
    ("syn", "derives: serde, clap, thiserror"),
    ("tokio", "sockets and timers of clients and servers"),
    ("reqwest", "the SDK's HTTP"),
    ("axum", "the reference server's routes"),
    ("clap_builder", "the command line"),
    ("hyper", "HTTP of all three"),
    ("regex-automata", "patterns in openapi.yaml, which jsonschema reads"),
    ("lettre", "the reference server's mail"),
    ("toml_edit", "known lists are rewritten with their comments kept"),
];

/// Builds the workspace where nothing is built yet.
pub(crate) fn rows() -> Result<Vec<Row>, Trouble> {
    let target = Path::new("target/cold");
    if target.exists() {
        fs::remove_dir_all(target).map_err(|error| format!("{}: {error}", target.display()))?;
    }
    let cargo = || Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    output_of(cargo().args(["fetch", "--quiet", "--locked"]))?;
    let mut build = cargo();
    build.args(["build", "--quiet", "--locked", "--workspace", "--timings", "--target-dir"]).arg(target);
    let took = seconds(&mut build)?;
    let page = target.join("cargo-timings/cargo-timing.html");
    let page = fs::read_to_string(&page).map_err(|error| format!("{}: {error}", page.display()))?;
    fs::remove_dir_all(target).map_err(|error| format!("{}: {error}", target.display()))?;
    let mut rows = vec![Row::new("cold build of the workspace", "", took, "s", Bound::None)];
    for (name, took) in long(&page)? {
        let what = format!("cold build, of it `{name}`");
        rows.push(match REASONS.iter().find(|(of, _)| *of == name) {
            Some((_, reason)) => Row::new(&what, reason, took, "s", Bound::None),
            None => Row::failed(&what, format!("{took:.1} s, and there is no reason written down for it")),
        });
    }
    Ok(rows)
}

/// The crates that took long, the longest first, by the page that cargo writes of a build. A crate and its build script are
/// one.
fn long(page: &str) -> Result<Vec<(String, f64)>, Trouble> {
    let unread = || "cargo's page of timings cannot be read".to_owned();
    let (_, data) = page.split_once("const UNIT_DATA = ").ok_or_else(unread)?;
    let units = serde_json::Deserializer::from_str(data).into_iter::<Vec<Value>>().next();
    let units = units.and_then(Result::ok).ok_or_else(unread)?;
    let mut crates: Vec<(String, f64)> = Vec::new();
    for unit in &units {
        let (Some(name), Some(took)) = (unit["name"].as_str(), unit["duration"].as_f64()) else { return Err(unread()) };
        match crates.iter_mut().find(|(of, _)| of == name) {
            Some((_, sum)) => *sum += took,
            None => crates.push((name.to_owned(), took)),
        }
    }
    crates.retain(|(_, took)| *took > LONG);
    crates.sort_by(|(_, one), (_, other)| other.total_cmp(one));
    Ok(crates)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crates_that_took_long_are_read_with_their_build_scripts() {
        let page = r#"<script>
DURATION = 9;
const UNIT_DATA = [
  {"i": 0, "name": "quick", "duration": 1.0},
  {"i": 1, "name": "ring", "target": " build-script", "duration": 6.5},
  {"i": 2, "name": "ring", "duration": 4.0},
  {"i": 3, "name": "syn", "duration": 5.5}
];
const CONCURRENCY_DATA = [];"#;
        assert_eq!(long(page), Ok(vec![("ring".to_owned(), 10.5), ("syn".to_owned(), 5.5)]));
        assert!(long("<html>").is_err());
    }
}
