//! What 2.x answers where 3.x answers otherwise.

use std::time::Duration;

use probity::endpoint::Endpoint as _;
use probity::umami::{BatchOutcome, Code, Fault, Range, Refusal, SendBatch, Stats, Verify};

fn refusal(body: &'static str) -> Option<Refusal> {
    let response = http::Response::builder().status(400).body(body.into()).expect("a response");
    Verify.read(&response).expect_err("rejected").refusal().cloned()
}

fn code(body: &'static str) -> Code {
    refusal(body).expect(body).code
}

fn faults(body: &'static str) -> Vec<(String, String)> {
    let faults = refusal(body).expect(body).faults;
    faults.into_iter().map(|Fault { field, message, .. }| (field, message)).collect()
}

#[test]
fn a_text_is_a_refusal_with_the_code_that_3_has_for_it() {
    assert_eq!(code(r#"{"error": "Unauthorized"}"#), Code::Unauthorized);
    assert_eq!(code(r#"{"error": "message.incorrect-username-password"}"#), Code::IncorrectUsernamePassword);
    assert_eq!(code(r#"{"error": "Server error"}"#), Code::ServerError);
    assert_eq!(code(r#"{"error": "Website not found."}"#), Code::Unstated);
}

#[test]
fn a_list_of_texts_is_a_list_of_faults() {
    assert_eq!(code(r#"{"error": ["password: Required"]}"#), Code::BadRequest);
    let told = faults(r#"{"error": ["username: Required", "payload: "]}"#);
    assert_eq!(told, [("username".into(), "Required".into()), ("payload".into(), String::new())]);
    assert_eq!(faults(r#"{"error": []}"#), []);
}

#[test]
fn nested_faults_of_3_are_named_by_their_path() {
    let told = faults(
        r#"{"error": {"code": "bad-request", "message": "Bad request", "status": 400, "errors": [], "properties":
            {"payload": {"errors": [], "properties": {"website": {"errors": ["Invalid UUID"]}}}},
            "items": [null, {"errors": ["Expected record"]}]}}"#,
    );
    let expected = [("payload.website", "Invalid UUID"), ("1", "Expected record")];
    assert_eq!(told, expected.map(|(field, message)| (field.to_owned(), message.to_owned())));
}

#[test]
fn what_is_no_refusal_counts_as_none() {
    for body in [
        "",
        "<html></html>",
        r#"{"error": {"mess"#,
        "{}",
        "[]",
        "null",
        r#"{"error": null}"#,
        r#"{"error": 1}"#,
        r#"{"error": {}}"#,
        r#"{"error": ""}"#,
        r#"{"error": [1]}"#,
        r#"{"error": {"reason": "upstream"}}"#,
        r#"{"error": {"code": 7, "message": ""}}"#,
    ] {
        assert_eq!(refusal(body), None, "{body}");
    }
}

#[test]
fn a_message_can_forge_no_line_of_a_log_and_is_cut() {
    let body = serde_json::json!({"error": {"message": format!("\u{1b}[2Jgone\n{}", "x".repeat(500)), "code": "a\nb"}});
    let response = http::Response::builder().status(400).body(body.to_string().into()).expect("a response");
    let text = Verify.read(&response).expect_err("rejected").to_string();
    assert!(text.contains(r"\u{1b}[2Jgone\u{a}xxx"), "{text}");
    assert!(text.ends_with(r"xxx… (a\u{a}b)"), "{text}");
}

#[test]
fn is_admin_may_be_a_text() {
    let user = |is_admin: &str| {
        let body = format!(r#"{{"id": "1", "username": "umami", "role": "owner", "isAdmin": {is_admin}}}"#);
        Verify.read(&http::Response::new(body.into()))
    };
    assert!(user(r#""true""#).expect("a user").is_admin);
    assert!(!user(r#""false""#).expect("a user").is_admin);
    assert_eq!(user("true").expect("a user").role.as_str(), "owner");
    let error = user(r#""perhaps""#).expect_err("neither").to_string();
    assert!(error.contains("at `isAdmin`: expected a boolean, or the text true or false"), "{error}");
}

#[test]
fn stats_are_read_in_the_shapes_of_2_and_3_and_as_digits() {
    let stats = |body: &'static str| {
        let stats = Stats::new("1", Range::last(Duration::ZERO)).read(&http::Response::new(body.into())).expect(body);
        let before = stats.comparison.as_ref().map(|before| before.visitors);
        (stats.pageviews, stats.visitors, stats.visits, stats.bounces, stats.total_time.as_secs(), before)
    };
    assert_eq!(
        stats(
            r#"{"pageviews": {"value": 4, "prev": 9}, "visitors": {"value": 3, "prev": 8}, "visits": {"value": 3, "prev": "7"},
                "bounces": {"value": 2, "prev": 6}, "totaltime": {"value": "61", "prev": 5}}"#
        ),
        (4, 3, 3, 2, 61, Some(8))
    );
    assert_eq!(
        stats(
            r#"{"pageviews": {"value": 4}, "visitors": {"value": 3}, "visits": {"value": 3}, "bounces": {"value": 2},
                "totaltime": {"value": 0, "change": 1}}"#
        ),
        (4, 3, 3, 2, 0, None)
    );
    assert_eq!(
        stats(
            r#"{"pageviews": "4", "visitors": 3, "visits": 3, "bounces": "2", "totaltime": "0", "comparison": null}"#
        ),
        (4, 3, 3, 2, 0, None)
    );
}

#[test]
fn a_batch_of_2_does_not_tell_whether_it_is_recorded() {
    let body = r#"{"size": 3, "processed": 2, "errors": 1, "details": [{"index": 1, "response": {"error": "Website not found."}}]}"#;
    let batch = SendBatch::new(&[]).read(&http::Response::new(body.into())).expect("a receipt");
    assert_eq!((batch.outcome, batch.recorded()), (BatchOutcome::IgnoredOrUntold, None));
    let [refused] = &batch.refused[..] else { panic!("one is refused: {batch:?}") };
    assert_eq!(refused.index, 1);
    assert_eq!(refused.refusal.as_ref().expect("it says why").message, "Website not found.");
}
