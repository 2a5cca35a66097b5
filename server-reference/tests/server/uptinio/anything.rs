//! Whatever is sent, the server answers, and neither fails nor lets anybody in.

use super::*;
use crate::wire::converse;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

/// Holds for the answers to requests that are made of generated values, on a server of their own each time that limits
/// might come in.
fn for_each<T: std::fmt::Debug + Clone>(
    strategy: impl Strategy<Value = T>,
    request: impl Fn(T) -> String,
    holds: fn(&Answer) -> bool,
) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let stage = runtime.block_on(Stage::new([]));
    let mut runner = TestRunner::new(Config { cases: 48, failure_persistence: None, ..Config::default() });
    let outcome = runner.run(&strategy, |value| {
        stage.advance(MINUTE);
        let answer = Answer::parse(&runtime.block_on(converse(stage.server.url(), &request(value))));
        prop_assert!(holds(&answer), "{} {}", answer.status, answer.body);
        Ok(())
    });
    outcome.expect("every answer is in order");
}

fn is_no_failure(answer: &Answer) -> bool {
    answer.status < 500
}

fn is_refusal(answer: &Answer) -> bool {
    answer.status == 401
}

fn with(operation: &Operation, headers: &str, body: &str) -> String {
    let (method, path, length) = (operation.method, operation.path.replace("{id}", "1"), body.len());
    format!(
        "{method} {path} HTTP/1.1\r\nHost: test\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n{body}"
    )
}

/// Any JSON, in which the names that are read are likely.
fn json() -> impl Strategy<Value = Value> {
    let text = prop_oneof![
        any::<String>(),
        "[ -~]{0,20}",
        Just("a@b.test".to_owned()),
        Just("https://a.test".to_owned()),
        Just("2026-01-01T00:00:00Z".to_owned()),
        Just("Integrations::WebhookIntegration".to_owned()),
        "[0-9]{6}",
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(|number| json!(number)),
        text.prop_map(Value::from),
    ];
    let names = prop::sample::select(vec![
        "user",
        "email",
        "name",
        "password",
        "password_confirmation",
        "first_website",
        "endpoint",
        "code",
        "id_token",
        "network_monitor",
        "url",
        "check_type",
        "integration",
        "type",
        "settings",
        "webhook_url",
        "attributes",
        "motherboard_id",
        "agent_version",
        "metrics",
        "metric",
        "value",
        "timestamp",
        "",
    ]);
    leaf.prop_recursive(4, 40, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((names.clone(), inner), 0..8)
                .prop_map(|members| members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()),
        ]
    })
}

#[test]
fn whatever_stands_in_a_body_is_no_failure() {
    let token = |operation: &Operation| match operation.id {
        "uptinio.verifyEmail" | "uptinio.resendCode" => "carols-token",
        _ => "shops-token",
    };
    for operation in probity_fixtures::uptinio::API.operations.iter().filter(|operation| operation.method == "POST") {
        let headers = format!("Authorization: Bearer {}\r\n", token(operation));
        for_each(json(), |body| with(operation, &headers, &body.to_string()), is_no_failure);
        for_each(any::<String>(), |body| with(operation, &headers, &body), is_no_failure);
    }
}

#[test]
fn no_authorization_header_that_is_made_up_is_let_in() {
    let value =
        prop_oneof!["[ -~]{0,40}", "[Bb]earer [ -~]{0,60}", "Bearer [A-Za-z0-9_-]{43}", "Bearer [\u{a1}-\u{ff}]{1,9}"];
    for operation in [operation::VALIDATE, operation::SERVERS, operation::SUBMIT_SERVER_METRICS, operation::RESEND_CODE]
    {
        for_each(value.clone(), |value| with(operation, &format!("Authorization: {value}\r\n"), ""), is_refusal);
    }
}

#[test]
fn whatever_stands_in_a_query_or_path_is_no_failure() {
    let request = |path: String| {
        format!("GET {path} HTTP/1.1\r\nHost: test\r\nConnection: close\r\nAuthorization: Bearer shops-token\r\n\r\n")
    };
    for operation in [operation::NETWORK_MONITORS, operation::INCIDENTS, operation::SERVERS] {
        let query = "(page|per_page|sort|search|status)=[!-\"$-~]{0,20}";
        for_each(query, |query| request(format!("{}?{query}", operation.path)), is_no_failure);
    }
    for_each("[!-\"$-~]{0,20}", |path| request(format!("/api/v1/users/{path}")), is_no_failure);
}
