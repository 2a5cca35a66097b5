//! What the engine promises to those who stand on it: a response can be altered, a case can run alone.

use crate::run::Run;
use http::StatusCode;
use probity_conformance::SUITES;
use probity_conformance::case::case;
use probity_conformance::engine::{Options, play};
use probity_conformance::exchange::Response;
use probity_conformance::plan::{Aim, Job, Plan};
use probity_conformance::request::Request;
use probity_conformance::run::Stop;
use probity_conformance::verdict::Verdict;
use probity_fixtures::umami::{operation, requirement};
use serde_json::{Value, json};
use std::sync::Arc;

/// A run in which every successful answer of an operation has its body changed.
fn with_changed_body(operation: &'static str, change: impl Fn(&mut Value) + Send + Sync + 'static) -> Run {
    let alteration = move |asked: &probity_fixtures::Operation, response: &mut Response| {
        if asked.id == operation && response.status.is_success() {
            let mut body = response.json().cloned().unwrap_or_default();
            change(&mut body);
            *response = Response::new(response.status, response.headers.clone(), body.to_string().into());
        }
    };
    Run { alteration: Some(Arc::new(alteration)), ..Run::default() }
}

#[test]
fn a_case_runs_alone() {
    let report = Run::of_cases("umami.login.wrong-password").report();
    assert_eq!(report.cases.len(), 1);
    assert_eq!(report.summary.pass, 1);
}

#[test]
fn a_filter_may_name_a_requirement() {
    let report = Run::of_cases("umami.login.refusal-holds-no-token").report();
    let ids: Vec<_> = report.cases.iter().map(|case| case.id.as_str()).collect();
    assert_eq!(ids, ["umami.login.wrong-password", "umami.login.unknown-user"]);
}

#[test]
fn one_fault_of_shape_is_one_failing_case() {
    let report = with_changed_body("umami.verify", |body| body["role"] = json!(7)).report();
    let failing: Vec<_> = report.cases.iter().filter(|case| case.verdict == Verdict::Fail).collect();
    assert_eq!(failing.len(), 1);
    assert_eq!(failing[0].id, "umami.verify.shape");
    assert_eq!(failing[0].findings.len(), 1);
    assert_eq!(failing[0].findings[0].requirement, "umami.verify.role");
}

#[test]
fn a_fault_that_only_another_cases_exchange_shows_goes_to_the_shape_case() {
    // The second login of a case is the one that lacks its id: the shape case's own exchange is the first of its server.
    let logins = std::sync::Mutex::new(std::collections::BTreeMap::<String, usize>::new());
    let alteration = move |asked: &probity_fixtures::Operation, response: &mut Response| {
        let user = response.text_at("/user/username").unwrap_or_default().to_owned();
        if asked.id == "umami.login" && !user.is_empty() {
            let mut logins = logins.lock().expect("no test panics while it holds this");
            let count = logins.entry(user).or_default();
            *count += 1;
            if *count == 2 {
                let mut body = response.json().cloned().unwrap_or_default();
                body["user"]["id"] = Value::Null;
                *response = Response::new(response.status, response.headers.clone(), body.to_string().into());
            }
        }
    };
    let report = Run { alteration: Some(Arc::new(alteration)), ..Run::default() }.report();
    let findings: Vec<_> = report.cases.iter().flat_map(|case| &case.findings).map(|f| f.requirement).collect();
    assert_eq!(findings, ["umami.login.user-id"]);
    let shape = report.cases.iter().find(|case| case.id == "umami.login.shape").expect("it is in the run");
    assert_eq!(shape.verdict, Verdict::Fail);
}

#[test]
fn a_control_that_does_not_hold_makes_a_case_inconclusive_and_never_pass() {
    let alteration = |asked: &probity_fixtures::Operation, response: &mut Response| {
        if asked.id == "umami.login" {
            response.status = StatusCode::INTERNAL_SERVER_ERROR;
        }
    };
    let run = Run { alteration: Some(Arc::new(alteration)), ..Run::of_cases("umami.*") };
    let report = run.report();
    assert_eq!(report.summary.pass, 0);
    assert_eq!(report.summary.fail, 1, "the shape of a login alone");
    assert_eq!(report.run.exit, 1);
}

#[test]
fn a_generated_event_that_is_not_registered_is_shown_made_small() {
    // Events with a title of more than 12 letters go missing; the sample's own is shorter.
    let too_long = |event: &Value| event["pageTitle"].as_str().is_some_and(|title| title.chars().count() > 12);
    let mut run = with_changed_body("umami.events", move |body| {
        let events = body["data"].as_array().cloned().unwrap_or_default();
        let kept: Vec<Value> = events.into_iter().filter(|event| !too_long(event)).collect();
        body["count"] = json!(kept.len());
        body["data"] = Value::Array(kept);
    });
    run.filter = vec!["umami.send.generated".to_owned()];
    let report = run.report();
    let finding = &report.cases[0].findings[0];
    assert_eq!(finding.requirement, "umami.send.registers-an-event");
    let sent: Value = serde_json::from_str(&finding.exchange.request.body).expect("an event");
    let title = sent["payload"]["title"].as_str().expect("a title").chars().count();
    assert!((13..=20).contains(&title), "{title} letters: {}", finding.exchange.request.body);
}

#[test]
fn a_case_that_would_send_without_end_is_ended() {
    let endless = async |run: &probity_conformance::run::Run| loop {
        run.send("once more", &Request::new(operation::VERIFY)).await?;
    };
    let case = case("umami.verify.endless", "It sends on and on", &[requirement::VERIFY_ACCEPTS_VALID_TOKEN], endless);
    let umami = SUITES.iter().find(|suite| suite.api.name == "umami").expect("it is there");
    let aim = Arc::new(Aim::embedded(umami));
    let plan = Plan { jobs: vec![Job { case: Arc::new(case), aim: aim.clone(), skip: None }], aims: vec![aim] };
    let outcomes = play(&plan, &Options::default(), &mut |_| ()).expect("it is played");
    let Some(Stop::Inconclusive { reason, .. }) = &outcomes[0].stop else { panic!("{:?}", outcomes[0].stop) };
    assert!(reason.ends_with("and sends no more"), "{reason}");
    assert_eq!(outcomes[0].exchanges.len(), 1000);
}
