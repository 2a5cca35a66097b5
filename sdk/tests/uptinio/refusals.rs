//! How Uptinio says no: six forms, whatever text stands in them and whatever became of it on the way.

use std::time::Duration;

use bytes::Bytes;
use probity::endpoint::Endpoint as _;
use probity::uptinio::{NetworkMonitors, Reason, Refusal, ResendCode};
use probity::{ErrorKind, RawBody};
use proptest::prelude::*;
use serde_json::{Value, json};

fn answer(status: u16, body: impl Into<Bytes>) -> http::Response<Bytes> {
    http::Response::builder().status(status).body(body.into()).expect("a response")
}

fn refusal(status: u16, body: &Value) -> Option<Refusal> {
    <Refusal as probity::Refusal>::read(&answer(status, body.to_string()))
}

fn reason(status: u16, body: Value) -> Reason {
    refusal(status, &body).unwrap_or_else(|| panic!("{body} is a refusal")).reason
}

/// One of the six forms, with any texts in it.
fn any_form() -> impl Strategy<Value = Value> {
    let text = || {
        let known = prop::sample::select(vec![
            "Unauthorized",
            "Invalid or expired token",
            "code_required",
            "resend_too_soon",
            "rate_limit_exceeded",
        ]);
        prop_oneof![4 => ".{0,40}", 4 => known.prop_map(str::to_owned), 1 => Just("x".repeat(20_000))]
    };
    let seconds = prop_oneof![
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        text().prop_map(Value::from),
        Just(Value::Null),
    ];
    prop_oneof![
        prop::collection::vec(text(), 0..30).prop_map(|errors| json!({ "errors": errors })),
        text().prop_map(|errors| json!({ "errors": errors })),
        text().prop_map(|error| json!({ "error": error })),
        (text(), text()).prop_map(|(code, message)| json!({ "error": { "code": code, "message": message } })),
        (text(), text(), seconds).prop_map(|(error, message, seconds)| {
            json!({ "success": false, "error": error, "message": message, "seconds_until_can_resend": seconds })
        }),
        prop::collection::vec(text(), 0..30).prop_map(|errors| json!({ "valid": false, "errors": errors })),
    ]
}

/// What becomes of a body on its way: nothing, or it is cut off, or put into a page.
fn any_way(body: String) -> impl Strategy<Value = Vec<u8>> {
    let whole = body.into_bytes();
    let (cut, wrapped) = (whole.clone(), whole.clone());
    prop_oneof![
        Just(whole),
        any::<prop::sample::Index>().prop_map(move |at| cut[..at.index(cut.len())].to_vec()),
        Just([b"<html><body><pre>", &*wrapped, b"</pre></body></html>"].concat()),
    ]
}

proptest! {
    // Some of the texts are long.
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn any_of_the_six_forms_becomes_an_error_that_keeps_status_and_bounded_body(
        body in any_form().prop_flat_map(|body| any_way(body.to_string())),
        status in 300u16..1000,
    ) {
        let error = NetworkMonitors::default().read(&answer(status, body.clone())).expect_err("refused");
        prop_assert_eq!(error.status().map(|status| status.as_u16()), Some(status));
        prop_assert!(error.to_string().len() < 20_000, "an error is for people");
        let ErrorKind::Rejected(rejection) = error.into_kind() else { panic!("rejected") };
        prop_assert_eq!(rejection.body.full_length(), body.len());
        prop_assert_eq!(rejection.body.as_bytes(), &body[..body.len().min(16 * 1024)]);
        prop_assert!(rejection.retry_after.unwrap_or_default() <= Duration::from_secs(24 * 60 * 60));
    }

    #[test]
    fn every_text_of_a_form_is_kept_as_a_message(texts in prop::collection::vec("[!-~].{0,30}", 1..5)) {
        for body in [json!({ "errors": texts }), json!({ "valid": false, "errors": texts })] {
            let refusal = refusal(422, &body).expect("a refusal");
            prop_assert_eq!(refusal.messages(), &texts[..]);
        }
        let one = &texts[..1];
        for body in [
            json!({ "errors": one[0] }),
            json!({ "error": one[0] }),
            json!({ "error": { "code": "a_code", "message": one[0] } }),
            json!({ "success": false, "error": "a_code", "message": one[0] }),
        ] {
            let refusal = refusal(422, &body).expect("a refusal");
            prop_assert_eq!(refusal.messages(), one);
        }
    }
}

#[test]
fn a_code_tells_the_reason_whatever_the_status() {
    let coded = |code: &str| json!({"success": false, "error": code, "message": "A text"});
    for status in [400, 401, 422, 429, 500] {
        assert_eq!(reason(status, coded("code_required")), Reason::CodeRequired);
        assert_eq!(reason(status, coded("invalid_or_expired_code")), Reason::InvalidOrExpiredCode);
        assert_eq!(reason(status, coded("send_failed")), Reason::SendFailed);
        assert!(matches!(reason(status, coded("resend_too_soon")), Reason::ResendTooSoon { wait: None, .. }));
        assert!(matches!(reason(status, coded("rate_limit_exceeded")), Reason::RateLimited { .. }));
        let nested = json!({"error": {"code": "rate_limit_exceeded", "message": "Too many requests"}});
        assert!(matches!(reason(status, nested), Reason::RateLimited { .. }));
    }
}

#[test]
fn the_status_tells_the_reason_where_there_is_no_code_that_is_known() {
    for (status, expected) in [
        (400, Reason::Invalid),
        (401, Reason::Unauthorized),
        (403, Reason::Forbidden),
        (404, Reason::NotFound),
        (422, Reason::Invalid),
        (500, Reason::Failed),
        (503, Reason::Failed),
        (418, Reason::Other),
    ] {
        assert_eq!(reason(status, json!({"errors": ["A text"]})), expected, "{status}");
        let unknown = refusal(status, &json!({"success": false, "error": "email_not_verified"})).expect("a refusal");
        assert_eq!((unknown.reason, unknown.code.as_deref()), (expected, Some("email_not_verified")), "{status}");
    }
}

#[test]
fn too_soon_for_another_code_is_no_rate_limit() {
    let body =
        json!({"success": false, "error": "resend_too_soon", "message": "Wait", "seconds_until_can_resend": "45"});
    let mut answer = answer(429, body.to_string());
    for (name, value) in [("x-ratelimit-limit", "100"), ("x-ratelimit-remaining", "98"), ("x-ratelimit-reset", "3")] {
        answer.headers_mut().insert(name, http::HeaderValue::from_static(value));
    }
    let error = ResendCode.read(&answer).expect_err("too soon");
    let reason = error.refusal().expect("a refusal").reason;
    let Reason::ResendTooSoon { wait, .. } = reason else { panic!("too soon: {reason:?}") };
    assert_eq!((wait, error.retry_after()), (Some(Duration::from_secs(45)), Some(Duration::from_secs(45))));
    assert_eq!(error.rate_limit().and_then(|told| told.remaining), Some(98));

    // The wait is told nowhere: that of the rate limit is another.
    let body = json!({"success": false, "error": "resend_too_soon", "message": "Wait"}).to_string();
    *answer.body_mut() = body.into();
    assert_eq!(ResendCode.read(&answer).expect_err("too soon").retry_after(), None);
}

#[test]
fn a_wait_that_is_none_counts_as_untold_and_one_without_end_as_a_day() {
    for (seconds, expected) in [
        (json!(45), Some(45)),
        (json!(0), Some(0)),
        (json!(-1), None),
        (json!("soon"), None),
        (json!([]), None),
        (json!(1e300), Some(24 * 60 * 60)),
    ] {
        let body = json!({"success": false, "error": "resend_too_soon", "seconds_until_can_resend": seconds});
        let Reason::ResendTooSoon { wait, .. } = reason(429, body) else { panic!("too soon") };
        assert_eq!(wait, expected.map(Duration::from_secs), "{seconds}");
    }
}

#[test]
fn who_counts_requests_may_say_so_in_words_of_their_own() {
    for body in ["Retry later\n", "", "<html>429</html>"] {
        let mut answer = answer(429, body);
        answer.headers_mut().insert("x-ratelimit-reset", http::HeaderValue::from_static("17"));
        let error = NetworkMonitors::default().read(&answer).expect_err("too many");
        let reason = error.refusal().expect("a refusal").reason;
        assert!(matches!(reason, Reason::RateLimited { .. }), "{body}: {reason:?}");
        assert_eq!(error.retry_after(), Some(Duration::from_secs(17)));
        assert!(error.to_string().contains("too many requests; try again in 17 s"), "{error}");
    }
}

#[test]
fn what_says_nothing_in_any_form_is_no_refusal() {
    for body in [
        json!({}),
        json!([]),
        json!("Unauthorized"),
        json!(null),
        json!({"errors": []}),
        json!({"errors": [" ", "", 5, {}]}),
        json!({"errors": {"email": 5}}),
        json!({"error": ""}),
        json!({"error": {}}),
        json!({"error": 5}),
        json!({"message": "User created successfully"}),
        json!({"valid": false}),
        json!({"success": false}),
    ] {
        assert_eq!(refusal(422, &body), None, "{body}");
    }
}

#[test]
fn a_body_that_is_too_long_for_a_refusal_is_none_and_is_kept_in_part() {
    let body = json!({"errors": ["x".repeat(20_000)]}).to_string();
    let error = NetworkMonitors::default().read(&answer(422, body.clone())).expect_err("refused");
    assert_eq!(error.refusal(), None);
    let ErrorKind::Rejected(rejection) = error.into_kind() else { panic!("rejected") };
    let kept: &RawBody = &rejection.body;
    assert_eq!((kept.as_bytes().len(), kept.full_length()), (16 * 1024, body.len()));
}

#[test]
fn an_error_shows_the_first_messages_with_control_characters_escaped() {
    let messages: Vec<_> = (1..=13).map(|number| format!("fault {number}\u{1b}[31m")).collect();
    let error = NetworkMonitors::default().read(&answer(422, json!({ "errors": messages }).to_string()));
    let told = error.expect_err("refused").to_string();
    assert!(told.contains(r"fault 1\u{1b}[31m; fault 2"), "{told}");
    assert!(told.ends_with(r"fault 10\u{1b}[31m; and 3 more"), "{told}");
}
