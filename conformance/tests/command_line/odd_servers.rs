//! Servers that answer what nobody should: each ends in a verdict, within bounds, and shows no secret.

use crate::probity::command;
use crate::raw_server::{Answer, answer, answering};
use serde_json::{Value, json};
use std::net::SocketAddr;

const USERNAME: &str = "operator";
const PASSWORD: &str = "correct horse battery";

/// All that a run printed and wrote, and the report.
fn run(address: SocketAddr, arguments: &[&str]) -> (String, Value) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("report.json");
    let output = command(&[])
        .args(["--target", &format!("umami=http://{address}"), "--allow", "all", "--timeout", "5", "-vv"])
        .arg("--report")
        .arg(format!("json={}", path.display()))
        .args(arguments)
        .env("PROBITY_UMAMI_USERNAME", USERNAME)
        .env("PROBITY_UMAMI_PASSWORD", PASSWORD)
        .output()
        .expect("the binary runs");
    let json = std::fs::read_to_string(&path).expect("the report is written");
    let printed = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    (printed + &json, serde_json::from_str(&json).expect("it is JSON"))
}

fn verdict(report: &Value, id: &str) -> Value {
    let cases = report["cases"].as_array().expect("it has cases");
    cases.iter().find(|case| case["id"] == id).expect("the case is in the run")["verdict"].clone()
}

fn logged_in(token: &str) -> Answer {
    let user = json!({ "id": "1", "username": USERNAME, "createdAt": "2020-04-20 01:00:00" });
    answer("200 OK", "application/json", json!({ "token": token, "user": user }).to_string())
}

fn is_proper_login(request: &str) -> bool {
    let proper = json!({ "username": USERNAME, "password": PASSWORD }).to_string();
    request.starts_with("POST /api/auth/login ") && request.ends_with(&proper)
}

#[test]
fn a_429_that_lasts_is_no_refusal() {
    let limited = answering(|request| match is_proper_login(request) {
        true => logged_in("a-token-of-some-length"),
        false => {
            let headers = "retry-after: 3600\r\n".to_owned();
            Answer { status: "429 Too Many Requests", headers, body: String::new() }
        }
    });
    let (printed, report) = run(limited, &["--filter", "umami.login.*"]);
    for case in ["wrong-password", "unknown-user", "password-missing", "no-object"] {
        assert_eq!(verdict(&report, &format!("umami.login.{case}")), "inconclusive", "{case}");
    }
    assert!(printed.contains("answers 429"), "{printed}");
}

#[test]
fn a_429_is_waited_out_for_as_long_as_it_asks() {
    let asked = std::sync::atomic::AtomicUsize::new(0);
    let busy = answering(move |_| match asked.fetch_add(1, std::sync::atomic::Ordering::SeqCst) {
        0 => Answer { status: "429 Too Many Requests", headers: "retry-after: 0\r\n".to_owned(), body: String::new() },
        _ => logged_in("a-token-of-some-length"),
    });
    let (_, report) = run(busy, &["--filter", "umami.login.shape"]);
    assert_eq!(verdict(&report, "umami.login.shape"), "pass");
}

#[test]
fn a_503_is_waited_out_for_as_long_as_it_asks_and_one_that_lasts_is_an_answer() {
    let asked = std::sync::atomic::AtomicUsize::new(0);
    let starting = answering(move |_| match asked.fetch_add(1, std::sync::atomic::Ordering::SeqCst) {
        0 => {
            Answer { status: "503 Service Unavailable", headers: "retry-after: 0\r\n".to_owned(), body: String::new() }
        }
        _ => logged_in("a-token-of-some-length"),
    });
    let (_, report) = run(starting, &["--filter", "umami.login.shape"]);
    assert_eq!(verdict(&report, "umami.login.shape"), "pass");
    let down = answering(|_| {
        let headers = "retry-after: 3600\r\n".to_owned();
        Answer { status: "503 Service Unavailable", headers, body: String::new() }
    });
    let (printed, report) = run(down, &["--filter", "umami.login.shape"]);
    assert_eq!(verdict(&report, "umami.login.shape"), "fail");
    assert!(printed.contains("503 to every request: the server, or what it depends on, is down"), "{printed}");
}

#[test]
fn a_limit_that_answers_announce_is_kept_to() {
    let refused = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let (counted, last) = (refused.clone(), std::sync::Mutex::new(None::<std::time::Instant>));
    let limited = answering(move |_| {
        let mut last = last.lock().expect("nobody panics while it is held");
        let too_soon = last.is_some_and(|last| last.elapsed() < std::time::Duration::from_millis(900));
        *last = Some(std::time::Instant::now());
        if too_soon {
            counted.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        }
        let Answer { status, headers, body } = logged_in("a-token-of-some-length");
        Answer { status, headers: headers + "x-ratelimit-remaining: 0\r\nx-ratelimit-reset: 1\r\n", body }
    });
    let (_, report) = run(limited, &["--filter", "umami.token.in-the-header"]);
    assert_ne!(report["cases"][0]["verdict"], "skip");
    assert_eq!(refused.load(std::sync::atomic::Ordering::SeqCst), 0, "a second lies between any two requests");
}

#[test]
fn a_token_of_other_letters_breaks_nothing_and_is_not_shown() {
    const TOKEN: &str = "жетон-令牌-жетон-令牌-жетон🔑.abc";
    let (printed, report) = run(answering(|_| logged_in(TOKEN)), &["--filter", "umami.token.*"]);
    assert_eq!(report["errors"], json!([]));
    assert!(!printed.contains(TOKEN) && !printed.contains("panicked"), "{printed}");
}

#[test]
fn a_token_that_no_header_can_carry_makes_a_case_inconclusive_by_no_fault_of_ours() {
    let (_, report) =
        run(answering(|_| logged_in("one line\nand another")), &["--filter", "umami.token.in-the-header"]);
    assert_eq!(verdict(&report, "umami.token.in-the-header"), "inconclusive");
}

#[test]
fn cookies_are_masked() {
    let cookie = answering(|_| {
        let Answer { status, headers, body } = logged_in("a-token-of-some-length");
        Answer { status, headers: headers + "set-cookie: session=s3cret-session-cookie; HttpOnly\r\n", body }
    });
    let (printed, _) = run(cookie, &["--filter", "umami.login.shape"]);
    assert!(!printed.contains("s3cret-session-cookie"), "{printed}");
    assert!(printed.contains("session=$UMAMI_COOKIE_SESSION; HttpOnly"), "{printed}");
}

#[test]
fn what_a_target_says_does_not_steer_the_terminal() {
    let steering = answering(|_| answer("401 Unauthorized", "text/plain", "\u{1b}]0;owned\u{7}\u{1b}[2J"));
    let (printed, _) = run(steering, &["--filter", "umami.login.*"]);
    assert!(!printed.contains('\u{1b}') && !printed.contains('\u{7}'), "{printed:?}");
}

#[test]
fn thousands_of_secrets_in_one_answer_cost_no_more_than_a_few() {
    let many = answering(|_| {
        let tokens: Vec<_> = (0..20_000).map(|n| json!({ "token": format!("token-number-{n}") })).collect();
        answer("200 OK", "application/json", json!({ "token": "a-token-of-some-length", "user": tokens }).to_string())
    });
    let (_, report) = run(many, &["--filter", "umami.login.shape"]);
    assert_eq!(verdict(&report, "umami.login.shape"), "fail");
}
