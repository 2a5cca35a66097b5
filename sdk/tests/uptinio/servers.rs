//! Servers that are odd in other ways than their JSON.

use std::time::Duration;

use probity::uptinio::{Credentials, ProjectToken, Reason, Uptinio, UserToken};
use probity::{ConfigurationError, ErrorKind};
use serde_json::json;
use wiremock::matchers::{header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

async fn server(answer: ResponseTemplate) -> (MockServer, Uptinio) {
    let server = MockServer::start().await;
    Mock::given(wiremock::matchers::any()).respond_with(answer).expect(1).mount(&server).await;
    let uptinio = Uptinio::new(&server.uri()).expect("a client");
    (server, uptinio)
}

fn project_token() -> ProjectToken {
    ProjectToken::new("token-of-a-project")
}

#[tokio::test]
async fn each_kind_of_token_goes_where_it_belongs() {
    let server = MockServer::start().await;
    Mock::given(method("GET"))
        .and(path("/api/v1/auth/validate"))
        .and(header("authorization", "Bearer token-of-a-user"))
        .respond_with(ResponseTemplate::new(401).set_body_json(json!({"valid": false, "errors": ["No"]})))
        .expect(1)
        .mount(&server)
        .await;
    Mock::given(method("GET"))
        .and(path("/api/v1/general-status"))
        .and(header("authorization", "Bearer token-of-a-project"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({"status": "ok"})))
        .expect(1)
        .mount(&server)
        .await;
    let uptinio = Uptinio::new(&server.uri()).expect("a client");
    assert!(!uptinio.session(UserToken::new("token-of-a-user")).validate().await.expect("an answer").is_valid());
    let status = uptinio.project(project_token()).general_status().await.expect("an answer");
    assert_eq!(status.value()["status"], "ok");
}

#[tokio::test]
async fn a_session_goes_on_from_a_token_that_was_kept() {
    let user =
        json!({"id": 7, "email": "a@b.example", "name": "A", "email_verified": false, "authentication_token": "abc"});
    let answer = ResponseTemplate::new(201).set_body_json(json!({"message": "Signed in successfully", "user": user}));
    let (_server, uptinio) = server(answer).await;
    let session = uptinio.sign_in(&Credentials::new("a@b.example", "password")).await.expect("signed in");
    assert_eq!(session.signed_in_user().map(|user| user.id.as_str()), Some("7"));
    let kept = session.token().expose_secret().to_owned();
    let again = uptinio.session(UserToken::new(kept));
    assert_eq!((again.token().expose_secret(), again.signed_in_user()), ("abc", None));
}

#[tokio::test]
async fn the_rate_limit_is_told_with_a_value_and_with_an_error() {
    let limited = |status| {
        ResponseTemplate::new(status)
            .insert_header("x-ratelimit-limit", "1000")
            .insert_header("x-ratelimit-remaining", "0")
            .insert_header("x-ratelimit-reset", "60")
    };
    let (_server, uptinio) = server(limited(200).set_body_json(json!([]))).await;
    let project = uptinio.project(project_token());
    let answer = project.integrations().with_response().await.expect("a list");
    assert_eq!((answer.value.len(), answer.status.as_u16()), (0, 200));
    let told = answer.rate_limit().expect("a rate limit");
    assert_eq!((told.limit, told.remaining, told.reset), (Some(1000), Some(0), Some(Duration::from_secs(60))));

    let error = json!({"error": {"code": "rate_limit_exceeded", "message": "Too many requests"}});
    let (_server, uptinio) = server(limited(429).set_body_json(error)).await;
    let error = uptinio.project(project_token()).usage().await.expect_err("too many");
    let Some(Reason::RateLimited { limit, reset, .. }) = error.refusal().map(|refusal| refusal.reason) else {
        panic!("too many requests: {error}")
    };
    assert_eq!((limit, reset), (Some(1000), Some(Duration::from_secs(60))));
    assert_eq!(error.rate_limit(), Some(told));
}

#[tokio::test]
async fn a_code_that_was_asked_for_too_soon_is_not_asked_for_again_by_itself() {
    // Though it asks to be waited for, it is no rate limit. The mock wants to be asked once.
    let body = json!({"success": false, "error": "resend_too_soon", "seconds_until_can_resend": 1, "message": "Wait"});
    let (server, uptinio) = server(ResponseTemplate::new(429).set_body_json(body)).await;
    let error = uptinio.session(UserToken::new("token-of-a-user")).resend_code().await.expect_err("too soon");
    assert_eq!(error.retry_after(), Some(Duration::from_secs(1)));
    assert_eq!(server.received_requests().await.expect("requests are kept").len(), 1);
}

#[tokio::test]
async fn a_report_that_is_too_large_is_told_by_its_status() {
    let (_server, uptinio) = server(ResponseTemplate::new(413).set_body_string("<html>413</html>")).await;
    let report = probity::uptinio::ServerReport::new("MB-1", "1.0.0");
    let error = uptinio.project(project_token()).submit_server_metrics(&report).await.expect_err("too large");
    assert_eq!((error.status().map(|status| status.as_u16()), error.refusal()), (Some(413), None));
}

#[tokio::test]
async fn the_page_of_a_proxy_is_no_answer() {
    let (_server, uptinio) = server(ResponseTemplate::new(200).set_body_string("<html>Log in</html>")).await;
    let error = uptinio.project(project_token()).network_monitors().await.expect_err("no list");
    assert!(matches!(error.kind(), ErrorKind::Undecodable(_)), "{error}");
}

#[cfg(any(feature = "rustls", feature = "native-tls"))]
#[test]
fn the_makers_own_is_where_the_document_says() {
    let uptinio = Uptinio::cloud().expect("a client");
    assert!(format!("{uptinio:?}").contains("BaseUrl(https://app.uptinio.com/)"), "{uptinio:?}");
}

#[tokio::test]
async fn an_empty_token_is_never_sent() {
    let project = Uptinio::new("http://localhost:9").expect("a client").project(ProjectToken::new(""));
    let kind = project.network_monitors().await.expect_err("no token").into_kind();
    assert!(matches!(kind, ErrorKind::Configuration(ConfigurationError::Empty("token"))), "{kind:?}");
}

#[test]
fn clients_and_calls_can_be_handed_to_another_thread() {
    fn is_send<T: Send>(_: &T) {}
    let uptinio = Uptinio::new("http://localhost").expect("a client");
    let credentials = Credentials::new("a@b.example", "password");
    is_send(&uptinio.sign_in(&credentials).into_future());
    is_send(&uptinio.sign_in_with_google("token").with_response());
    let project = uptinio.project(project_token());
    is_send(&project.network_monitors().pages().next());
    is_send(&project.servers().into_future());
}
