//! The document's own examples are what the endpoints send and read.

use probity::BaseUrl;
use probity::endpoint::Endpoint as _;
use probity::umami::{Credentials, Event, Login, SendEvent, Verify};
use probity_fixtures::Side;
use probity_fixtures::umami::{API, operation};
use serde_json::{Value, json};

fn example(name: &str) -> &'static str {
    API.examples.iter().find(|example| example.name == name).expect(name).json
}

#[test]
fn every_example_has_its_test_here() {
    let of = |example: &probity_fixtures::Example| (example.operation, example.side);
    let login = operation::LOGIN;
    let send = (operation::SEND, Side::Request);
    let expected = [(login, Side::Request), (login, Side::Response), send, send, (operation::VERIFY, Side::Response)];
    assert_eq!(API.examples.iter().map(of).collect::<Vec<_>>(), expected);
}

#[test]
fn a_login_sends_the_example() {
    let base: BaseUrl = "https://yourserver".parse().expect("a base URL");
    let credentials = Credentials::new("your-username", "your-password");
    let request = Login::new(&credentials).request(&base, &()).expect("a request");
    let sent: Value = serde_json::from_slice(request.body()).expect("JSON");
    assert_eq!(sent, serde_json::from_str::<Value>(example("login-request")).expect("JSON"));
}

#[test]
fn a_login_reads_the_example() {
    let credentials = Credentials::new("your-username", "your-password");
    let login = Login::new(&credentials).read(&http::Response::new(example("login-response").into()));
    let login = login.expect("a login");
    assert_eq!(login.token.expose_secret(), "eyTMjU2IiwiY...4Q0JDLUhWxnIjoiUE_A");
    assert_eq!(login.user.username, "your-username");
    assert_eq!(login.user.created_at.as_deref(), Some("2020-04-20 01:00:00"));
}

#[test]
fn a_verification_reads_the_example() {
    let user = Verify.read(&http::Response::new(example("verify-response").into())).expect("a user");
    assert_eq!((&*user.username, user.role.as_str(), user.is_admin), ("umami", "admin", true));
}

#[test]
fn an_event_sends_the_examples() {
    let base: BaseUrl = "https://yourserver".parse().expect("a base URL");
    let event = Event::named("your-website-id", "event-name")
        .hostname("your-hostname")
        .language("en-US")
        .referrer("")
        .screen("1920x1080")
        .title("dashboard")
        .url("/");
    let with_data = event.clone().data(json!({"foo": "bar"}));
    for (event, name) in [(with_data, "send-request"), (event, "send-programmatic-request")] {
        let request = SendEvent::new(&event).request(&base, &()).expect("a request");
        let sent: Value = serde_json::from_slice(request.body()).expect("JSON");
        assert_eq!(sent, serde_json::from_str::<Value>(example(name)).expect("JSON"), "{name}");
    }
}
