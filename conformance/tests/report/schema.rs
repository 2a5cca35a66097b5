//! `report.schema.json`: what programs may rely on.

use crate::random;
use jsonschema::Validator;
use probity_conformance::report::Form;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::sync::LazyLock;

/// The published schema.
static SCHEMA: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("../../report.schema.json")).expect("the schema is JSON"));

/// The schema, made to refuse each member that it does not describe.
static CLOSED: LazyLock<Value> = LazyLock::new(|| {
    let mut schema = SCHEMA.clone();
    close(&mut schema);
    schema
});

/// What is wrong with a report, by the schema.
fn departures(validator: &Validator, report: &str) -> Vec<String> {
    let report = serde_json::from_str(report).expect("it is JSON");
    validator.iter_errors(&report).map(|error| format!("{error} at {}", error.instance_path())).collect()
}

fn validator(schema: &Value) -> Validator {
    jsonschema::draft202012::new(schema).expect("the schema is one")
}

fn close(schema: &mut Value) {
    if let Some(members) = schema.as_object_mut() {
        if members.contains_key("properties") && members.contains_key("type") {
            members.insert("additionalProperties".to_owned(), json!(false));
        }
        members.values_mut().for_each(close);
    }
    schema.as_array_mut().into_iter().flatten().for_each(close);
}

#[test]
fn every_report_is_as_the_schema_says_and_has_no_member_that_it_does_not_describe() {
    let (open, closed) = (validator(&SCHEMA), validator(&CLOSED));
    proptest!(ProptestConfig::with_cases(24), |(report in random::report(10))| {
        let json = Form::Json.render(&report).expect("it can be written");
        prop_assert_eq!(departures(&open, &json), Vec::<String>::new());
        prop_assert_eq!(departures(&closed, &json), Vec::<String>::new());
    });
}

#[test]
fn a_real_report_is_as_the_schema_says() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("report.json");
    for arguments in [&["--release", "umami-3.1.0"][..], &["--release", "tinyauth-3.6.2", "--known", "tinyauth-3.6.2"]]
    {
        let mut probity = std::process::Command::new(env!("CARGO_BIN_EXE_probity"));
        probity.args(arguments).arg("--report").arg(format!("json={}", path.display()));
        probity.output().expect("the binary runs");
        let json = std::fs::read_to_string(&path).expect("the report is written");
        assert_eq!(departures(&validator(&CLOSED), &json), Vec::<String>::new());
    }
}

#[test]
fn the_schema_refuses_what_is_no_report() {
    for wrong in [json!({}), json!({"schema": "probity.report/2"}), json!([])] {
        assert!(!departures(&validator(&SCHEMA), &wrong.to_string()).is_empty(), "{wrong}");
    }
}
