//! `--plan`: what would be sent, and nothing is.

use crate::deployment::{PASSWORD, USERNAME};
use crate::probity::{Ended, command, ended, probity};
use crate::raw_server::serve;
use serde_json::Value;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The plan of a run against Umami with these flags, from a listener that wants to see nobody.
fn planned(arguments: &[&str]) -> Ended {
    let connections = Arc::new(AtomicUsize::new(0));
    let counted = connections.clone();
    let address = serve(move |_| {
        counted.fetch_add(1, Ordering::SeqCst);
    });
    let mut run = command(&["--target", &format!("umami=http://{address}"), "--plan"]);
    run.args(arguments).env("PROBITY_UMAMI_USERNAME", USERNAME).env("PROBITY_UMAMI_PASSWORD", PASSWORD);
    let ended = ended(run).with(0);
    assert_eq!(connections.load(Ordering::SeqCst), 0, "a plan opens no connection");
    ended
}

#[test]
fn a_plan_tells_what_is_sent_what_is_skipped_and_what_would_enable_it() {
    let plan = planned(&["--allow", "lockout", "--filter", "umami.token.*", "--filter", "umami.login.tells-no-users"]);
    insta::with_settings!({filters => [(r"127\.0\.0\.1:\d+", "HOST")]}, { insta::assert_snapshot!(plan.out) });
}

#[test]
fn a_plan_for_programs_counts_the_same() {
    let plan: Value = serde_json::from_str(&planned(&["--allow", "all", "--json"]).out).expect("it is JSON");
    let cases = plan["cases"].as_array().expect("cases");
    let played = || cases.iter().filter(|case| case["skip"].is_null());
    let sum: u64 = played().map(|case| case["requests"].as_u64().expect("every case was counted")).sum();
    assert_eq!(plan["requests"], sum);
    let skipped: Vec<_> = cases.iter().filter(|case| !case["skip"].is_null()).map(|case| &case["id"]).collect();
    assert_eq!(skipped, ["umami.token.expires"], "it needs a clock");
    // What locks accounts out comes last.
    let locks_out = |case: &&Value| case["effects"].as_array().is_some_and(|e| e.iter().any(|e| e == "lockout"));
    let first = cases.iter().position(|case| locks_out(&case)).expect("some do");
    assert!(cases[first..].iter().all(|case| locks_out(&case)));
}

#[test]
fn a_plan_tells_how_long_a_rate_makes_it_take() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("probity.toml");
    let ran = folder.path().join("ran");
    let command = format!("touch {}; echo secret", ran.display());
    let text = format!(
        "[umami]\nurl = \"http://127.0.0.1:9\"\nrate = 30\nusername = \"x\"\npassword = {{ command = \"{command}\" }}\n"
    );
    std::fs::write(&file, text).expect("it can be written");
    let run = ["--config", &file.display().to_string(), "--plan", "--filter", "umami.token.in-the-header"];
    let plan = probity(&run).with(0);
    // Four requests, two seconds apart.
    assert!(plan.out.contains("1 case, about 4 requests; 0 skipped"), "{}", plan.out);
    assert!(plan.out.contains("at this pace 6s or longer"), "{}", plan.out);
    assert!(!ran.exists(), "a plan runs no command");
}

#[test]
fn a_plan_of_what_makes_no_sense_is_2() {
    probity(&["--plan", "--filter", "umami.nothing"]).told(&["umami.nothing"]);
    probity(&["--plan", "--target", "umami=nowhere"]).told(&["--target umami", "https://analytics.example.com"]);
    probity(&["--json"]).with(2);
}
