//! Targets that prove nothing: not one case may pass, and the last line says what looks wrong.

use crate::deployment::{Deployment, PASSWORD, USERNAME};
use crate::probity::{command, ended};
use crate::raw_server::{answer, answering, read_request, serve};
use probity_conformance::SUITES;
use probity_conformance::suite::Suite;
use serde_json::Value;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Answers every request alike.
fn always(status: &'static str, content_type: &'static str, body: &'static str) -> SocketAddr {
    answering(move |_| answer(status, content_type, body))
}

/// Aims a run at an address, with a value for every key, so that no case is skipped.
fn aim(run: &mut Command, suite: &Suite, url: &str) {
    let api = suite.api.name;
    run.args(["--target", &format!("{api}={url}")]);
    for key in suite.keys {
        let value = match key.name {
            "app" => format!("{url}/app"),
            "oauth_follow" => "true".to_owned(),
            "totp_secret" => "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP".to_owned(),
            name => format!("a value for {name}"),
        };
        run.env(format!("PROBITY_{}_{}", api.to_uppercase(), key.name.to_uppercase()), value);
    }
}

fn nothing_passes(report: &Value) {
    let cases = report["cases"].as_array().expect("it has cases");
    for case in cases {
        assert_ne!(case["verdict"], "pass", "{case:#}");
        assert_ne!(case["verdict"], "warn", "{case:#}");
    }
    assert!(cases.iter().any(|case| case["verdict"] != "skip"), "nothing was played");
}

/// Runs the suite against an address and holds it to: nothing passes, exit 1 or 3, and this in the last line.
fn proves_nothing(address: SocketAddr, last_line: &str) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let json = folder.path().join("report.json");
    let mut run = command(&[]);
    run.args(["--allow", "all", "--timeout", "2", "--report", &format!("json={}", json.display())]);
    for suite in SUITES {
        aim(&mut run, suite, &format!("http://{address}"));
    }
    let output = run.output().expect("the binary runs");
    let printed = String::from_utf8_lossy(&output.stdout);
    let code = output.status.code();
    assert!(matches!(code, Some(1 | 3)), "exit {code:?}\n{printed}{}", String::from_utf8_lossy(&output.stderr));
    let report = std::fs::read_to_string(&json).expect("the report is written");
    let report: Value = serde_json::from_str(&report).expect("it is JSON");
    nothing_passes(&report);
    let last = printed.lines().last().unwrap_or_default();
    assert!(last.contains(last_line), "the last line is: {last}");
}

#[test]
fn who_departs_as_a_release_does_is_not_taken_for_something_else() {
    let deployment = Deployment::umami_of(USERNAME, PASSWORD, "umami-3.1.0");
    let target = format!("umami={}", deployment.url);
    let mut run = command(&["--target", &target, "--allow", "write", "--filter", "umami.send.no-user-agent"]);
    run.env("PROBITY_UMAMI_USERNAME", USERNAME).env("PROBITY_UMAMI_PASSWORD", PASSWORD);
    let told = ended(run).with(1).out;
    assert!(told.trim_end().ends_with("1 of 1 departures look like umami-3.1.0: try --known umami-3.1.0"), "{told}");
}

#[test]
fn nobody_listens() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("it listens");
    drop(listener);
    proves_nothing(address, "cannot be reached");
}

#[test]
fn connections_are_accepted_and_closed() {
    proves_nothing(serve(|_| ()), "closes them without an answer");
}

#[test]
fn connections_are_closed_once_a_request_was_read() {
    proves_nothing(serve(|stream| drop(read_request(stream))), "closes them without an answer");
}

#[test]
fn everything_is_401() {
    proves_nothing(
        always("401 Unauthorized", "application/json", r#"{"error":"Unauthorized"}"#),
        "401 to every request",
    );
}

#[test]
fn everything_is_404() {
    proves_nothing(always("404 Not Found", "text/plain", "404 page not found"), "404 to every request");
}

#[test]
fn everything_is_500() {
    proves_nothing(always("500 Internal Server Error", "text/plain", ""), "500 to every request");
}

#[test]
fn everything_is_200_with_an_empty_object() {
    proves_nothing(always("200 OK", "application/json", "{}"), "an empty object to every request");
}

#[test]
fn everything_is_200_with_an_html_page() {
    proves_nothing(always("200 OK", "text/html; charset=utf-8", "<!doctype html><title>App</title>"), "an HTML page");
}

#[test]
fn everything_is_something_else_than_http() {
    let banner = |stream: &mut TcpStream| {
        read_request(stream);
        let _ = stream.write_all(b"SSH-2.0-OpenSSH_9.2\r\n");
    };
    proves_nothing(serve(banner), "not HTTP");
}

#[test]
fn connections_are_accepted_and_nothing_is_ever_said_and_the_run_ends_with_the_first_case() {
    let connections = Arc::new(AtomicUsize::new(0));
    let counted = connections.clone();
    let silent = serve(move |stream| {
        counted.fetch_add(1, Ordering::SeqCst);
        // Until the prober goes away.
        let _ = stream.read_to_end(&mut Vec::new());
    });
    proves_nothing(silent, "does not answer");
    assert_eq!(connections.load(Ordering::SeqCst), SUITES.len(), "one for each API");
}

#[test]
fn the_server_of_another_api_passes_no_case() {
    for server in SUITES {
        let deployment = Deployment::of(server.api.name, &[]);
        for suite in SUITES.iter().filter(|suite| suite.api.name != server.api.name) {
            let folder = tempfile::tempdir().expect("a temporary folder");
            let json = folder.path().join("report.json");
            let mut run = command(&[]);
            run.args(["--allow", "all", "--report", &format!("json={}", json.display())]);
            aim(&mut run, suite, &deployment.url);
            let output = run.output().expect("the binary runs");
            let what = format!("{} put to {}", suite.api.name, server.api.name);
            assert!(matches!(output.status.code(), Some(1 | 3)), "{what}: {:?}", output.status);
            let report = std::fs::read_to_string(&json).expect("the report is written");
            nothing_passes(&serde_json::from_str(&report).expect("it is JSON"));
        }
    }
}
