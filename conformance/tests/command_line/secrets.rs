//! No secret leaves the program, whatever goes wrong in logging in.

use crate::deployment::{Deployment, PASSWORD, USERNAME};
use crate::probity::{command, ended};
use crate::skipped;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use probity_server::umami::Deviation;
use serde_json::Value;

/// A run in which logins and tokens fail in many ways, told at full length.
fn everything_told(deviations: &[Deviation]) -> String {
    let deployment = Deployment::umami(deviations);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let json = folder.path().join("report.json");
    let target = format!("umami={}", deployment.url);
    let mut run =
        command(&["--target", &target, "--allow", "all", "-vv", "--report", &format!("json={}", json.display())]);
    run.env("PROBITY_UMAMI_USERNAME", USERNAME).env("PROBITY_UMAMI_PASSWORD", PASSWORD);
    let report = ended(run);
    report.out + &report.err + &std::fs::read_to_string(json).expect("the report is written")
}

#[test]
fn neither_password_nor_token_is_shown_in_any_form() {
    let told = everything_told(&[
        Deviation::AnyPassword,
        Deviation::RefusalHoldsToken,
        Deviation::AnyToken,
        Deviation::LoginLabelledAsText,
        Deviation::CreatedAtIso,
    ]);
    let json = Value::from(PASSWORD).to_string();
    let forms = [
        PASSWORD.to_owned(),
        json.trim_matches('"').to_owned(),
        Value::from(json.trim_matches('"')).to_string().trim_matches('"').to_owned(),
        STANDARD.encode(PASSWORD),
        STANDARD.encode(format!("{USERNAME}:{PASSWORD}")),
    ];
    for form in forms {
        assert!(!told.contains(&form), "{form} is shown");
    }
    // The reference server's tokens are JSON Web Tokens: their first part is the same in each.
    let header = STANDARD.encode(r#"{"typ":"JWT","alg":"HS256"}"#);
    let shown = told.match_indices(header.trim_end_matches('=')).count();
    assert_eq!(shown, 0, "a token's beginning is shown {shown} times");
    assert!(told.contains("$UMAMI_TOKEN") && told.contains("$UMAMI_PASSWORD"));
}

#[test]
fn a_curl_line_reproduces_its_exchange_once_its_variables_are_set() {
    if std::process::Command::new("curl").arg("--version").output().is_err() {
        skipped("there is no curl here");
        return;
    }
    let deployment = Deployment::umami(&[Deviation::CreatedAtIso]);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let json = folder.path().join("report.json");
    let mut run = command(&["--target", &format!("umami={}", deployment.url), "--filter", "umami.login.shape"]);
    run.arg("--report").arg(format!("json={}", json.display()));
    run.env("PROBITY_UMAMI_USERNAME", USERNAME).env("PROBITY_UMAMI_PASSWORD", PASSWORD);
    ended(run).with(0);
    let report: Value = serde_json::from_str(&std::fs::read_to_string(json).expect("written")).expect("JSON");
    let line = report["cases"][0]["findings"][0]["exchange"]["curl"].as_str().expect("a line").to_owned();
    let quoted = Value::from(PASSWORD).to_string();
    let again = std::process::Command::new("sh")
        .args(["-c", &line])
        .env("UMAMI_PASSWORD", PASSWORD)
        .env("UMAMI_PASSWORD_JSON", &quoted[1..quoted.len() - 1])
        .output()
        .expect("a shell");
    let answer = String::from_utf8_lossy(&again.stdout);
    assert!(answer.starts_with("HTTP/1.1 200 OK") && answer.contains("\"token\""), "{line}\n{answer}");
}
