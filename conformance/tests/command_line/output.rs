//! What people and programs read.

use crate::deployment::{Deployment, PASSWORD, USERNAME};
use crate::probity::{command, ended, probity};
use probity_server::umami::Deviation;
use serde_json::Value;

/// What differs from run to run.
const FILTERS: [(&str, &str); 6] = [
    (r"\d+ of \d+ requirements exercised, \d+ untestable", "N of N requirements exercised, N untestable"),
    (r"seed \d+", "seed N"),
    (r"127\.0\.0\.1:\d+", "HOST"),
    (r"after \d+ ms", "after N ms"),
    (r"· \d+\.\d+ s", "· N s"),
    (r#""id":"[0-9a-f-]{36}""#, r#""id":"ID""#),
];

#[test]
fn the_terminal_tells_a_failure_as_a_story() {
    let deployment = Deployment::umami(&[Deviation::TokenNotRequired, Deviation::CreatedAtIso]);
    let target = format!("umami={}", deployment.url);
    let mut run = command(&["--target", &target, "--allow", "lockout", "--filter", "umami.token.*"]);
    run.args(["--filter", "umami.login.shape"]);
    run.env("PROBITY_UMAMI_USERNAME", USERNAME).env("PROBITY_UMAMI_PASSWORD", PASSWORD);
    let report = ended(run).with(1);
    insta::with_settings!({filters => FILTERS}, { insta::assert_snapshot!(report.out) });
}

#[test]
fn no_colour_is_written_to_what_is_no_terminal() {
    let mut run = command(&["--filter", "umami.login.shape"]);
    run.env_remove("NO_COLOR");
    assert!(!ended(run).with(0).out.contains('\u{1b}'));
}

#[test]
fn the_json_report_has_what_is_promised() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("report.json");
    probity(&["--release", "umami-3.1.0", "--seed", "7", "--report", &format!("json={}", path.display())]).with(1);
    let report: Value = serde_json::from_str(&std::fs::read_to_string(&path).expect("it is written")).expect("JSON");
    assert_eq!(report["schema"], "probity.report/1");
    assert_eq!(report["run"]["seed"], 7);
    assert_eq!(report["run"]["exit"], 1);
    for member in ["targets", "cases", "requirements", "observations", "known", "sdk", "leftovers", "errors", "summary"]
    {
        assert!(report.get(member).is_some(), "{member}");
    }
    let cases = report["cases"].as_array().expect("cases");
    let warned = cases.iter().find(|case| case["verdict"] == "warn").expect("the release departs");
    let finding = &warned["findings"][0];
    for member in ["requirement", "level", "expected", "actual"] {
        assert!(finding[member].is_string(), "{member}");
    }
    let exchange = &finding["exchange"];
    assert!(exchange["request"]["method"].is_string() && exchange["response"]["status"].is_number());
    assert!(exchange["curl"].as_str().is_some_and(|line| line.starts_with("curl ")));
    assert_eq!(exchange["error"], Value::Null);
    let counted: u64 = ["pass", "warn", "known", "inconclusive", "fail", "skip"]
        .iter()
        .filter_map(|v| report["summary"][v].as_u64())
        .sum();
    assert_eq!(counted, cases.len() as u64);
    let sdk = report["sdk"].as_array().expect("a second layer");
    assert!(sdk.len() >= 3 && sdk.iter().all(|decoding| decoding["ok"] == true), "{sdk:?}");
}

#[test]
fn the_same_seed_sends_the_same_texts() {
    let unknown_users = |seed: &str| {
        let report = probity(&["--filter", "umami.login.unknown-user", "--seed", seed, "-vv"]).with(0);
        let sent = report.out.lines().filter(|line| line.contains("> {\"username\"")).skip(1).map(str::to_owned);
        sent.collect::<Vec<_>>()
    };
    assert_eq!(unknown_users("5"), unknown_users("5"));
    assert_ne!(unknown_users("5"), unknown_users("6"));
}
