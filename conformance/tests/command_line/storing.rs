//! Proof that something was stored: on a website of the run's own, which is gone afterwards, or on one that others visit.

use crate::deployment::{Deployment, PASSWORD, USERNAME, http, token};
use crate::probity::{command, ended};
use crate::raw_server::{forward, serve};
use probity_server::umami::Deviation;
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

/// Each case's verdict, after a run of these cases against an address.
fn verdicts(url: &str, filter: &str, environment: &[(&str, &str)]) -> BTreeMap<String, String> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("report.json");
    let mut run = command(&["--target", &format!("umami={url}"), "--filter", filter]);
    run.arg("--report").arg(format!("json={}", path.display()));
    run.env("PROBITY_UMAMI_USERNAME", USERNAME).env("PROBITY_UMAMI_PASSWORD", PASSWORD);
    run.envs(environment.iter().copied());
    let run = ended(run);
    assert!(matches!(run.code, Some(0 | 1 | 3)), "{}{}", run.out, run.err);
    let report: Value = serde_json::from_str(&std::fs::read_to_string(path).expect("written")).expect("JSON");
    assert_eq!(report["leftovers"], json!([]));
    let cases = report["cases"].as_array().expect("cases").iter();
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    cases.map(|case| (text(&case["id"]), text(&case["verdict"]))).collect()
}

const OWN: [(&str, &str); 1] = [("PROBITY_UMAMI_ALLOW", "write")];

#[test]
fn the_websites_of_a_run_are_gone_afterwards_also_when_cases_fail() {
    for deviations in [vec![], vec![Deviation::BotsRegistered, Deviation::NoUserAgentRegistered]] {
        let deployment = Deployment::umami(&deviations);
        let verdicts = verdicts(&deployment.url, "umami.send.*", &OWN);
        assert_eq!(verdicts.values().all(|verdict| verdict == "pass"), deviations.is_empty());
        let left = http(&deployment.url, "GET", "/api/websites", Some(&token(&deployment.url)), &Value::Null);
        assert_eq!(left["count"], 0, "{left}");
    }
}

/// A run of one case against a server that changes answers, and how it ends.
fn behind(change: impl Fn(&str, String) -> String + Send + Sync + 'static, code: i32) -> String {
    let deployment = Deployment::umami(&[]);
    let upstream = deployment.url;
    let changing = serve(move |stream| forward(stream, &upstream, &change));
    let mut run = command(&["--target", &format!("umami=http://{changing}"), "--filter", "umami.send.sample"]);
    run.env("PROBITY_UMAMI_USERNAME", USERNAME).env("PROBITY_UMAMI_PASSWORD", PASSWORD).envs(OWN);
    ended(run).with(code).out
}

#[test]
fn a_website_that_cannot_be_removed_is_named_and_is_4() {
    let refused = |request: &str, response: String| match request.starts_with("DELETE ") {
        true => response.replacen("HTTP/1.1 200 OK", "HTTP/1.1 500 Internal Server Error", 1),
        false => response,
    };
    // The server removes it all the same: it is gone, whatever was answered.
    assert!(!behind(refused, 0).contains("left behind"));
    let kept = |request: &str, response: String| match request.contains("search=probity-") {
        true => {
            let name =
                request.split("search=").nth(1).and_then(|rest| rest.split(['&', ' ']).next()).unwrap_or_default();
            let list = json!({ "data": [{ "id": "kept", "name": name }], "count": 1, "page": 1, "pageSize": 100 });
            let list = list.to_string();
            format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{list}", list.len())
        }
        false => response,
    };
    assert!(behind(kept, 4).contains("left behind: the website probity-"));
}

#[test]
fn a_website_that_can_no_more_be_looked_for_is_not_taken_to_be_gone() {
    let deployment = Deployment::umami(&[Deviation::SingleUseToken]);
    let mut run = command(&["--target", &format!("umami={}", deployment.url), "--filter", "umami.send.sample"]);
    run.env("PROBITY_UMAMI_USERNAME", USERNAME).env("PROBITY_UMAMI_PASSWORD", PASSWORD).envs(OWN);
    assert!(ended(run).with(4).out.contains("left behind: the website probity-"));
}

#[test]
fn a_website_that_was_created_without_an_answer_that_says_so_is_removed() {
    let garbled = |request: &str, response: String| match request.starts_with("POST /api/websites ") {
        true => "HTTP/1.1 500 Internal Server Error\r\ncontent-length: 0\r\n\r\n".to_owned(),
        false => response,
    };
    let printed = behind(garbled, 3);
    assert!(printed.contains("no website could be created") && !printed.contains("left behind"), "{printed}");
}

#[test]
fn a_list_of_events_that_is_cut_short_proves_nothing() {
    let first_only = |request: &str, response: String| {
        if !request.lines().next().is_some_and(|line| line.contains("/events?")) {
            return response;
        }
        let body = response.split_once("\r\n\r\n").map(|(_, body)| body).unwrap_or_default();
        let mut list: Value = serde_json::from_str(body).expect("a list");
        list["data"].as_array_mut().expect("events").truncate(1);
        let list = list.to_string();
        format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{list}", list.len())
    };
    let printed = behind(first_only, 3);
    assert!(printed.contains("and no more"), "{printed}");
}

/// The cases in which a wrong order of looking would tell a wrong tale.
const TELLING: &str = "umami.send.*user-agent*";

#[test]
fn a_server_whose_events_show_late_gets_the_same_verdicts() {
    for deviations in [vec![], vec![Deviation::NoUserAgentRegistered]] {
        let deployment = Deployment::umami(&deviations);
        let in_time = verdicts(&deployment.url, TELLING, &OWN);
        let upstream = deployment.url.clone();
        // Each look at a website's events sees what was there three looks before.
        let seen = Mutex::new(HashMap::<String, Vec<String>>::new());
        let late = serve(move |stream| {
            forward(stream, &upstream, |request, response| {
                let line = request.lines().next().unwrap_or_default();
                if !line.contains("/events?") {
                    return response;
                }
                let website = line.split("/events?").next().unwrap_or_default().to_owned();
                let mut seen = seen.lock().expect("no test panics while it holds this");
                let looks = seen.entry(website).or_default();
                looks.push(response);
                let empty = json!({ "data": [], "count": 0, "page": 1, "pageSize": 200 }).to_string();
                let nothing = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{empty}", empty.len());
                looks.len().checked_sub(4).map_or(nothing, |before| looks[before].clone())
            });
        });
        assert_eq!(verdicts(&format!("http://{late}"), TELLING, &OWN), in_time);
    }
}

#[test]
fn a_website_that_others_visit_gets_the_same_verdicts() {
    for deviations in [vec![], vec![Deviation::BotsRegistered]] {
        let deployment = Deployment::umami(&deviations);
        let quiet = verdicts(&deployment.url, "umami.send.*", &OWN);
        let website = json!({ "name": "Shop", "domain": "shop.example" });
        let website = http(&deployment.url, "POST", "/api/websites", Some(&token(&deployment.url)), &website);
        let id = website["id"].as_str().expect("an id");
        let done = AtomicBool::new(false);
        let busy = std::thread::scope(|scope| {
            scope.spawn(|| {
                let payload = json!({ "website": id, "url": "/visited-by-others", "hostname": "shop.example" });
                let view = json!({ "type": "event", "payload": payload });
                while !done.load(Ordering::Relaxed) {
                    http(&deployment.url, "POST", "/api/send", None, &view);
                }
            });
            let given = [("PROBITY_UMAMI_ALLOW", "permanent"), ("PROBITY_UMAMI_WEBSITE", id)];
            let busy = verdicts(&deployment.url, "umami.send.*", &given);
            done.store(true, Ordering::Relaxed);
            busy
        });
        // The one case that takes two websites of the run's own cannot be played there.
        let without_own = |(case, verdict): (String, String)| match case.as_str() {
            "umami.send.on-its-website" => (case, "skip".to_owned()),
            _ => (case, verdict),
        };
        assert_eq!(busy, quiet.into_iter().map(without_own).collect());
    }
}
