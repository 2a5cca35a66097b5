//! The document's own samples, sent and answered as they are printed there.

use super::*;
use probity_fixtures::umami::API;

fn sample(name: &str) -> &'static str {
    API.examples.iter().find(|example| example.name == name).expect("a sample of that name").json
}

#[tokio::test]
async fn the_login_is_answered_as_printed_but_for_the_token() {
    let server = ReferenceServer::umami().start().await.expect("a free port");
    let mut answer = login_with(sample("login-request")).send(server.url()).await.json();
    let mut printed: Value = serde_json::from_str(sample("login-response")).expect("JSON");
    assert!(answer["token"].take().is_string());
    assert!(printed["token"].take().is_string());
    assert_eq!(answer, printed);
}

#[tokio::test]
async fn the_events_are_registered_on_the_documents_website() {
    let server = ReferenceServer::umami().start().await.expect("a free port");
    for name in ["send-request", "send-programmatic-request"] {
        let send = Request::new("POST", operation::SEND.path).body(sample(name)).header("User-Agent", send::CHROME);
        assert!(send.send(server.url()).await.json()["sessionId"].is_string(), "{name}");
    }
    let kept = as_user(&server, login_as("your-username", "your-password"), events_of("your-website-id")).await.json();
    assert_eq!((&kept["count"], &kept["data"][0]["eventName"]), (&json!(2), &json!("event-name")));
}

#[tokio::test]
async fn the_verification_is_answered_as_printed() {
    let server = ReferenceServer::umami().start().await.expect("a free port");
    let token = token(&server, login_as("umami", "umami")).await;
    let answer = verify().header("Authorization", format!("Bearer {token}")).send(server.url()).await.json();
    let printed: Value = serde_json::from_str(sample("verify-response")).expect("JSON");
    assert_eq!(answer, printed);
}
