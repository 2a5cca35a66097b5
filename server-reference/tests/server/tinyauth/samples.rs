//! The document's own samples, sent and answered as they are printed there.

use super::*;
use probity_fixtures::tinyauth::API;

fn sample(name: &str) -> &'static str {
    API.examples.iter().find(|example| example.name == name).expect("a sample of that name").json
}

fn printed(name: &str) -> Value {
    serde_json::from_str(sample(name)).expect("JSON")
}

/// The server that the samples speak of.
async fn server() -> RunningServer {
    let app_url = Some("https://auth.example.com".parse().expect("a URL"));
    let builder = ReferenceServer::tinyauth().seed(Seed { app_url, ..Seed::document() });
    builder.start().await.expect("a free port")
}

#[tokio::test]
async fn what_can_be_asked_without_a_login_is_answered_as_printed() {
    let server = server().await;
    let healthcheck = Request::new("GET", operation::HEALTHCHECK.path).send(server.url()).await;
    assert_eq!(healthcheck.json(), printed("healthcheck-response"));
    assert_eq!(app().send(server.url()).await.json(), printed("app-response"));
    assert_eq!(auth("traefik").send(server.url()).await.json(), printed("auth-401-refusal"));
}

#[tokio::test]
async fn the_login_and_all_that_follows_are_answered_as_printed() {
    let server = server().await;
    let login = login_with(sample("login-request")).send(server.url()).await;
    assert_eq!(login.json(), printed("login-response"));
    let session = session_of(&login).expect("a session");
    for (request, answer) in
        [(auth("nginx"), "auth-response"), (user(), "user-response"), (logout(), "logout-response")]
    {
        let answered = request.header("Cookie", &session).send(server.url()).await;
        assert_eq!(answered.json(), printed(answer));
    }
}

#[tokio::test]
async fn a_login_by_code_or_by_a_provider_is_answered_as_printed() {
    let stage = Stage::new([]).await;
    let verify = totp(stage.code(0)).header("Cookie", stage.pending().await);
    assert_eq!(stage.send(verify).await.json(), printed("totp-response"));
    let asked = stage.send(oauth_url::oauth_url(None)).await.json();
    let mut expected = printed("oauthUrl-response");
    expected["url"] = asked["url"].clone();
    assert_eq!(asked, expected);
    let callback = oauth_callback::returned(&stage, None).await.request("application/json");
    assert_eq!(stage.send(callback).await.json(), printed("oauthCallback-response"));
}

/// The code in the sample is hardly ever the one of the moment.
#[tokio::test]
async fn the_code_as_printed_is_read() {
    let stage = Stage::new([]).await;
    let verify = totp_with(sample("totp-request")).header("Cookie", stage.pending().await);
    assert_ne!(stage.send(verify).await.status, 400);
}
