//! Whatever a server answers, the endpoints read it or say why not; and what the description allows, they read.

use std::cell::Cell;

use bytes::Bytes;
use probity::ErrorKind;
use probity::endpoint::Endpoint;
use probity::uptinio::{
    Analyze, CreateIntegration, CreateNetworkMonitor, Credentials, CurrentProjectApiToken, GeneralStatus, GetUser,
    Incidents, Integrations, NetworkMonitors, NewIntegration, NewUser, ProjectApiTokens, Refusal, Register,
    RegisterWithEndpoint, ResendCode, ServerReport, Servers, SignIn, SignInWithGoogle, SignOut, SubmitServerMetrics,
    Usage, Validate, Validity, VerifyEmail,
};
use probity_fixtures::Operation;
use probity_fixtures::uptinio::{API, operation};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

use crate::any_json::any_body;
use crate::described::any_described_answer;

const MEMBERS: [&str; 22] = [
    "error",
    "errors",
    "code",
    "message",
    "success",
    "valid",
    "seconds_until_can_resend",
    "user",
    "id",
    "email",
    "name",
    "email_verified",
    "authentication_token",
    "network_monitor",
    "uuid",
    "url",
    "data",
    "meta",
    "total_count",
    "success_count",
    "type",
    "api_token",
];

/// Reads an answer by the endpoint of an operation. Whether that is a success.
fn read(operation: &Operation, response: &http::Response<Bytes>) -> bool {
    let (credentials, user) = (Credentials::new("a", "b"), NewUser::new("a", "b", "c"));
    let (integration, report) = (NewIntegration::webhook("https://hook.example"), ServerReport::new("a", "b"));
    match operation {
        _ if *operation == *operation::REGISTER => is_read(&Register::new(&user), response),
        _ if *operation == *operation::REGISTER_WITH_ENDPOINT => {
            is_read(&RegisterWithEndpoint::new("a", "b"), response)
        }
        _ if *operation == *operation::SIGN_IN => is_read(&SignIn::new(&credentials), response),
        _ if *operation == *operation::SIGN_IN_WITH_GOOGLE => is_read(&SignInWithGoogle::new("a"), response),
        _ if *operation == *operation::VALIDATE => is_read(&Validate, response),
        _ if *operation == *operation::SIGN_OUT => is_read(&SignOut, response),
        _ if *operation == *operation::USER => is_read(&GetUser::new("1"), response),
        _ if *operation == *operation::PROJECT_API_TOKENS => is_read(&ProjectApiTokens, response),
        _ if *operation == *operation::CURRENT_PROJECT_API_TOKEN => is_read(&CurrentProjectApiToken, response),
        _ if *operation == *operation::VERIFY_EMAIL => is_read(&VerifyEmail::new("123456"), response),
        _ if *operation == *operation::RESEND_CODE => is_read(&ResendCode, response),
        _ if *operation == *operation::NETWORK_MONITORS => is_read(&NetworkMonitors::default(), response),
        _ if *operation == *operation::CREATE_NETWORK_MONITOR => {
            is_read(&CreateNetworkMonitor::new("a", "b"), response)
        }
        _ if *operation == *operation::INCIDENTS => is_read(&Incidents::default(), response),
        _ if *operation == *operation::SUBMIT_SERVER_METRICS => is_read(&SubmitServerMetrics::new(&report), response),
        _ if *operation == *operation::SERVERS => is_read(&Servers::default(), response),
        _ if *operation == *operation::ANALYSIS => is_read(&Analyze::new(Value::Null), response),
        _ if *operation == *operation::INTEGRATIONS => is_read(&Integrations, response),
        _ if *operation == *operation::CREATE_INTEGRATION => is_read(&CreateIntegration::new(&integration), response),
        _ if *operation == *operation::USAGE => is_read(&Usage, response),
        _ if *operation == *operation::GENERAL_STATUS => is_read(&GeneralStatus, response),
        _ => panic!("{} has no endpoint", operation.id),
    }
}

fn is_read<E: Endpoint<Refusal = Refusal>>(endpoint: &E, response: &http::Response<Bytes>) -> bool {
    let status = response.status();
    // Their bodies tell whether it was done, whatever the status.
    let body: Value = serde_json::from_slice(response.body()).unwrap_or_default();
    let is_undone = [VerifyEmail::NAME, ResendCode::NAME].contains(&E::NAME)
        && (body["success"] == json!(false) || body["success"] == json!("false"));
    match endpoint.read(response) {
        // A token that is not good is an answer under 401, too.
        Ok(_) if E::NAME == Validate::NAME && status.is_client_error() => true,
        Ok(_) => {
            assert!(status.is_success(), "{}", E::NAME);
            true
        }
        Err(error) => {
            assert_eq!(error.status(), Some(status));
            let is_rejected = !status.is_success() || is_undone;
            assert_eq!(matches!(error.kind(), ErrorKind::Rejected(_)), is_rejected, "{error}");
            assert_eq!(matches!(error.kind(), ErrorKind::Undecodable(_)), !is_rejected, "{error}");
            assert!(error.to_string().starts_with(E::NAME));
            false
        }
    }
}

fn response(status: u16, body: impl Into<Bytes>) -> http::Response<Bytes> {
    http::Response::builder().status(status).body(body.into()).expect("a response")
}

/// An answer that the description allows, and to which operation: by its id, since the whole of that is a long thing to
/// show.
fn any_described() -> impl Strategy<Value = (&'static str, Value)> {
    let answers = API.operations.iter().map(|operation| {
        let id = operation.id;
        any_described_answer(operation).prop_map(move |answer| (id, answer)).boxed()
    });
    prop::strategy::Union::new(answers)
}

fn named(id: &str) -> &'static Operation {
    API.operations.iter().find(|operation| operation.id == id).expect(id)
}

proptest! {
    #[test]
    fn no_answer_is_lost_or_panics(status in prop_oneof![Just(200u16), 100u16..1000], body in any_body(&MEMBERS)) {
        let response = response(status, body);
        for operation in API.operations {
            read(operation, &response);
        }
    }

    #[test]
    fn what_the_description_allows_is_read(
        (operation, answer) in any_described(),
        status in prop_oneof![Just(200u16), Just(201)],
    ) {
        // The description knows no shape of this one; there has to be a token in it.
        prop_assume!(operation != SignInWithGoogle::NAME || !answer["user"]["authentication_token"].is_null());
        prop_assert!(read(named(operation), &response(status, answer.to_string())));
    }
}

/// One member, at any depth, is gone or another.
fn damaged(value: &mut Value, at: &mut usize, by: &Option<Value>) {
    let here = |at: &mut usize| {
        *at = at.wrapping_sub(1);
        *at == 0
    };
    match value {
        Value::Object(members) => {
            let names: Vec<_> = members.keys().cloned().collect();
            for name in names {
                match by {
                    None if here(at) => drop(members.remove(&name)),
                    Some(other) if here(at) => members[&name] = other.clone(),
                    _ => damaged(&mut members[&name], at, by),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| damaged(item, at, by)),
        _ => {}
    }
}

#[test]
fn an_answer_with_one_fault_is_read_or_explained_and_both_are_seen_often() {
    let (read_well, explained) = (Cell::new(0), Cell::new(0));
    let fault = prop_oneof![
        Just(None),
        Just(Some(Value::Null)),
        Just(Some(json!(-1))),
        Just(Some(json!([{}]))),
        Just(Some(json!("\u{0}"))),
        Just(Some(json!("true"))),
    ];
    let answers = (any_described(), 1usize..12, fault);
    TestRunner::new(ProptestConfig::with_cases(600))
        .run(&answers, |((operation, mut answer), at, fault)| {
            damaged(&mut answer, &mut { at }, &fault);
            let counter =
                if read(named(operation), &response(200, answer.to_string())) { &read_well } else { &explained };
            counter.set(counter.get() + 1);
            Ok(())
        })
        .expect("read or explained");
    assert!(read_well.get() >= 150 && explained.get() >= 50, "{} read, {} not", read_well.get(), explained.get());
}

#[test]
fn a_success_without_a_token_is_none() {
    let user = |token: Value| json!({"user": {"id": 1, "email": "a", "name": "b", "email_verified": true, "authentication_token": token}});
    for (body, trouble) in [
        (user(json!("")), "at `user.authentication_token`: expected a token that is not empty and fits into a header"),
        (user(json!("a\nb")), "at `user.authentication_token`: expected a token that is not empty and fits"),
        (user(Value::Null), "at `user.authentication_token`: expected a string"),
        (json!({"user": {"id": 1}}), "at `user`: missing field `authentication_token`"),
        (json!({"message": "Signed in successfully"}), "at `.`: missing field `user`"),
    ] {
        let error = SignIn::new(&Credentials::new("a", "b")).read(&response(200, body.to_string()));
        let told = error.expect_err("undecodable").to_string();
        assert!(told.contains(trouble), "{told}");
    }
}

#[test]
fn a_token_that_is_not_good_is_an_answer_in_whichever_form_it_is_told() {
    for (status, body) in [
        (200, json!({"valid": false, "errors": ["Invalid or expired token"]})),
        (401, json!({"valid": false, "errors": ["Invalid or expired token"]})),
        (403, json!({"valid": false, "errors": ["Invalid or expired token"]})),
        (401, json!({"errors": ["Invalid or expired token"]})),
        (200, json!({"valid": "false"})),
    ] {
        let validity = Validate.read(&response(status, body.to_string())).expect("an answer");
        assert!(!validity.is_valid(), "{status} {body}");
        assert_eq!(validity.user(), None);
    }
}

#[test]
fn what_is_no_word_on_the_token_is_no_validity() {
    let user = json!({"id": 1, "email": "a", "name": "b", "email_verified": true});
    for (status, body) in [
        (401, String::new()),
        (401, "<html>Log in to the proxy</html>".to_owned()),
        (401, json!({"valid": true, "user": user}).to_string()),
        (500, json!({"valid": false}).to_string()),
        (200, json!({"user": user}).to_string()),
        (200, json!({"valid": true}).to_string()),
        (429, json!({"error": {"code": "rate_limit_exceeded", "message": "Too many requests"}}).to_string()),
    ] {
        let validity = Validate.read(&response(status, body.clone()));
        assert!(validity.is_err(), "{status} {body}: {validity:?}");
    }
    let valid = Validate.read(&response(200, json!({"valid": true, "user": user}).to_string()));
    assert!(matches!(valid, Ok(Validity::Valid(_))));
}

#[test]
fn what_says_that_it_is_not_done_is_refused_whatever_its_status() {
    let body = json!({"success": false, "error": "send_failed", "message": "Failed to send"});
    let error = ResendCode.read(&response(200, body.to_string())).expect_err("refused");
    assert!(matches!(error.kind(), ErrorKind::Rejected(_)), "{error}");
}

#[test]
fn signing_out_takes_nothing_and_json_for_an_answer_and_no_page() {
    for body in ["", "{}", r#"{"message": "Signed out"}"#, "null"] {
        SignOut.read(&response(200, body)).expect(body);
    }
    SignOut.read(&response(204, "")).expect("signed out");
    assert!(SignOut.read(&response(200, "<html></html>")).is_err());
    assert!(SignOut.read(&response(401, "")).is_err());
}

#[test]
fn project_tokens_are_found_at_any_depth_and_in_their_order() {
    let body = json!([
        {"uuid": "PRJ1", "api_token": "one", "is_current": true},
        {"project": {"name": "two", "token": "two"}, "api_token": null},
        {"api_token": "", "token": {"token": "three"}},
    ]);
    let answer = ProjectApiTokens.read(&response(200, body.to_string())).expect("an answer");
    let tokens = answer.tokens();
    assert_eq!(tokens.iter().map(|token| token.expose_secret()).collect::<Vec<_>>(), ["one", "two", "three"]);
    assert_eq!(answer.first().expect("a token").expose_secret(), "one");
    assert_eq!(answer.answer().value(), &body);
    let none = CurrentProjectApiToken.read(&response(200, "{}")).expect("an answer");
    assert!(none.first().is_none());
}

#[test]
fn what_nothing_depends_on_spoils_no_list() {
    let monitor = json!({
        "id": {}, "uuid": 7, "name": "Shop", "url": "https://shop.example", "status": "up", "uptime": "99.5",
        "response_time": "slow", "last_check": 5, "open_incident_uuids": "INC9",
    });
    let meta = json!({"current_page": 1, "per_page": 25, "total_pages": 1, "total_count": 1});
    let body = json!({"data": [monitor], "meta": meta}).to_string();
    let page = NetworkMonitors::default().read(&response(200, body)).expect("a page");
    let [monitor] = &page.data[..] else { panic!("one monitor: {page:?}") };
    assert_eq!((monitor.uuid.as_str(), monitor.uptime, monitor.response_time), ("7", Some(99.5), None));
    assert_eq!(monitor.status.as_ref().map(|status| status.as_str()), Some("up"));
    assert_eq!((&monitor.id, &monitor.last_check, monitor.open_incident_uuids.len()), (&None, &None, 0));
}

#[test]
fn of_a_sign_in_with_google_only_the_token_has_to_be_there() {
    let read = |body: Value| SignInWithGoogle::new("ID-TOKEN").read(&response(200, body.to_string()));
    let signed_in = read(json!({"user": {"authentication_token": "abc", "id": 1}})).expect("signed in");
    assert_eq!((signed_in.token.expose_secret(), signed_in.user), ("abc", None));
    let user = json!({"authentication_token": "abc", "id": 1, "email": "a", "name": "b", "email_verified": true});
    let signed_in = read(json!({ "user": user })).expect("signed in");
    assert_eq!(signed_in.user.map(|user| user.id.to_string()).as_deref(), Some("1"));
    for body in [json!({}), json!({"user": {}}), json!({"user": {"authentication_token": ""}}), json!({"token": "abc"})]
    {
        assert!(read(body.clone()).is_err(), "{body}");
    }
}
