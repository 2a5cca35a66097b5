//! Targets that prove nothing: not one case may pass, and the last line says what looks wrong.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::process::Command;
use std::sync::Arc;

/// Answers every connection in one way, until the test's process ends.
fn serve(answer: impl Fn(&mut std::net::TcpStream) + Send + Sync + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("it listens");
    let answer = Arc::new(answer);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let answer = answer.clone();
            std::thread::spawn(move || answer(&mut stream.expect("a connection")));
        }
    });
    address
}

/// Answers every request alike.
fn always(status: &'static str, content_type: &'static str, body: &'static str) -> SocketAddr {
    serve(move |stream| {
        read_request(stream);
        let length = body.len();
        let head = format!("HTTP/1.1 {status}\r\ncontent-type: {content_type}\r\ncontent-length: {length}\r\n\r\n");
        // A prober that has gone away is the prober's business.
        let _ = stream.write_all(format!("{head}{body}").as_bytes());
    })
}

/// Reads a request whole, so that closing the connection afterwards resets nothing.
fn read_request(stream: &mut std::net::TcpStream) {
    let mut request = Vec::new();
    let mut buffer = [0; 65536];
    while let Ok(read @ 1..) = stream.read(&mut buffer) {
        request.extend_from_slice(&buffer[..read]);
        let Some(end) = request.windows(4).position(|window| window == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&request[..end]).to_lowercase();
        let length = head.split("content-length: ").nth(1).and_then(|rest| rest.split("\r\n").next()?.parse().ok());
        if request.len() >= end + 4 + length.unwrap_or(0) {
            return;
        }
    }
}

/// Runs the suite against an address and holds it to: nothing passes, exit 1 or 3, and this in the last line.
fn proves_nothing(address: SocketAddr, last_line: &str) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let json = folder.path().join("report.json");
    let output = Command::new(env!("CARGO_BIN_EXE_probity"))
        .args(["--target", &format!("umami=http://{address}"), "--allow", "all", "--timeout", "2"])
        .arg("--report")
        .arg(format!("json={}", json.display()))
        .env("PROBITY_UMAMI_USERNAME", "admin")
        .env("PROBITY_UMAMI_PASSWORD", "correct horse battery")
        .output()
        .expect("the binary runs");
    let printed = String::from_utf8_lossy(&output.stdout);
    let code = output.status.code();
    assert!(matches!(code, Some(1 | 3)), "exit {code:?}\n{printed}{}", String::from_utf8_lossy(&output.stderr));
    let report = std::fs::read_to_string(&json).expect("the report is written");
    let report: serde_json::Value = serde_json::from_str(&report).expect("it is JSON");
    for case in report["cases"].as_array().expect("it has cases") {
        assert_ne!(case["verdict"], "pass", "{case:#}");
        assert_ne!(case["verdict"], "warn", "{case:#}");
    }
    let last = printed.lines().last().unwrap_or_default();
    assert!(last.contains(last_line), "the last line is: {last}");
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
    proves_nothing(serve(read_request), "closes them without an answer");
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
    let banner = |stream: &mut std::net::TcpStream| {
        read_request(stream);
        let _ = stream.write_all(b"SSH-2.0-OpenSSH_9.2\r\n");
    };
    proves_nothing(serve(banner), "not HTTP");
}
