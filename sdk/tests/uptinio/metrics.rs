//! Reports of machines: what servers refuse is found before it is sent.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use probity::endpoint::Endpoint as _;
use probity::uptinio::{MetricName, ProjectToken, ServerReport, SubmitServerMetrics};
use probity::{ConfigurationError, FieldProblem, InvalidField};
use proptest::prelude::*;
use serde_json::{Value, json};

fn sent(report: &ServerReport) -> Result<Value, InvalidField> {
    let base = "https://example.com".parse().expect("a base URL");
    match SubmitServerMetrics::new(report).request(&base, &ProjectToken::new("TOKEN")) {
        Ok(request) => Ok(serde_json::from_slice(request.body()).expect("JSON")),
        Err(ConfigurationError::Field(field)) => Err(field),
        Err(error) => panic!("{error}"),
    }
}

fn refused(report: &ServerReport) -> String {
    sent(report).expect_err("refused").to_string()
}

fn measured_at(time: SystemTime) -> ServerReport {
    let report = ServerReport::new("MB-1", "1.0.0").metric(MetricName::CpuUsed, 1.0, UNIX_EPOCH);
    report.metric(MetricName::CpuUsed, 1.0, time)
}

#[test]
fn a_machine_has_to_say_which_it_is_and_an_agent_too() {
    assert_eq!(refused(&ServerReport::new("", "1.0.0")), "`attributes.motherboard_id` is empty");
    let unknown = "is `unknown`, which servers refuse";
    assert_eq!(refused(&ServerReport::new("unknown", "1.0.0")), format!("`attributes.motherboard_id` {unknown}"));
    assert_eq!(refused(&ServerReport::new("MB-1", "unknown")), format!("`agent_version` {unknown}"));
    assert_eq!(refused(&ServerReport::new("MB-1", "")), "`agent_version` is empty");
    // Of the others, any may be unknown.
    assert!(sent(&ServerReport::new("MB-1", "1.0.0").hostname("unknown")).is_ok());
}

#[test]
fn what_is_set_by_name_cannot_take_the_place_of_what_has_a_form() {
    let report = ServerReport::new("MB-1", "1.0.0").attribute("cpu_cores", "two");
    let text = "`attributes.cpu_cores` has a method of its own, which sets it in the form that servers take";
    assert_eq!(refused(&report), text);
    assert!(sent(&ServerReport::new("MB-1", "1.0.0").attribute("rack", "7b")).is_ok());
    let long = "`attributes.motherboard_id` is 257 characters long, and servers take 256";
    assert_eq!(refused(&ServerReport::new("é".repeat(257), "1.0.0")), long);
}

#[test]
fn a_report_may_have_no_metrics() {
    let sent = sent(&ServerReport::new("MB-1", "1.0.0")).expect("a report");
    assert_eq!(sent, json!({"attributes": {"motherboard_id": "MB-1"}, "metrics": [], "agent_version": "1.0.0"}));
}

#[test]
fn a_measurement_that_json_cannot_tell_is_named_by_its_place() {
    for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let report = ServerReport::new("MB-1", "1.0.0").metric(MetricName::CpuUsed, value, UNIX_EPOCH);
        assert_eq!(refused(&report), "`metrics.0.value` is infinite, or not a number, which JSON cannot tell");
    }
    let field = sent(&measured_at(UNIX_EPOCH - Duration::from_secs(1))).expect_err("refused");
    assert_eq!((&*field.field, &field.problem), ("metrics.1.timestamp", &FieldProblem::Before1970));
    let late = UNIX_EPOCH + Duration::from_secs(253_402_300_800);
    assert_eq!(sent(&measured_at(late)).expect_err("refused").problem, FieldProblem::After9999);
    let last = sent(&measured_at(late - Duration::from_secs(1))).expect("a report");
    assert_eq!(last["metrics"][1]["timestamp"], "9999-12-31T23:59:59Z");
}

#[test]
fn the_first_fault_is_told() {
    let report = ServerReport::new("unknown", "unknown").metric(MetricName::CpuUsed, f64::NAN, UNIX_EPOCH);
    assert!(refused(&report).contains("motherboard_id"));
}

proptest! {
    #[test]
    fn any_report_is_sent_or_explained(
        id in ".{0,20}", version in ".{0,20}", name in ".{0,20}", value in any::<f64>(), seconds in any::<u32>(),
    ) {
        let time = UNIX_EPOCH + Duration::from_secs(seconds.into());
        let report = ServerReport::new(id, version).attribute(&*name, json!([name])).metric(&*name, value, time);
        if let Ok(sent) = sent(&report) {
            let told = sent["metrics"][0]["value"].as_f64().expect("a number");
            // Reading it again is a last digit less exact.
            prop_assert!((told - value).abs() <= value.abs() * 1e-15, "{told} {value}");
            prop_assert_eq!(&sent["metrics"][0]["metric"], &json!(name));
        }
    }
}
