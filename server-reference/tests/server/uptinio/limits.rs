//! Bodies that are too large or too slow, told in the form of the endpoint.

use super::*;
use crate::wire::converse;
use probity_server::Limits;

/// An operation, a token for it, and the form in which it refuses.
fn forms(code: &str, message: &str) -> [(&'static Operation, &'static str, Value); 4] {
    [
        (operation::REGISTER, "", errors([message])),
        (operation::VERIFY_EMAIL, "YOUR_USER_AUTHENTICATION_TOKEN", unsuccessful(code, message)),
        (operation::RESEND_CODE, "YOUR_USER_AUTHENTICATION_TOKEN", unsuccessful(code, message)),
        (operation::SUBMIT_SERVER_METRICS, "YOUR_PROJECT_API_TOKEN", json!({"error": message})),
    ]
}

/// The answer to a request that says it has a body of that length, and of which nothing comes.
async fn answer(server: &Server, operation: &Operation, token: &str, length: usize) -> Answer {
    let Operation { method, path, .. } = operation;
    let head = format!("{method} {path} HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer {token}\r\n");
    Answer::parse(&converse(server.url(), &format!("{head}Content-Length: {length}\r\n\r\n")).await)
}

#[tokio::test]
async fn a_body_that_is_too_large_is_answered_413_unread() {
    let server = ReferenceServer::uptinio().start().await.expect("a free port");
    for (operation, token, body) in forms("content_too_large", "The body is too large") {
        let answer = answer(&server, operation, token, 1024 * 1024 + 1).await;
        assert_eq!((told(&answer), answer.header("Connection")), ((413, body), Some("close")), "{}", operation.id);
    }
}

#[tokio::test]
async fn a_body_that_does_not_come_in_time_is_answered_408() {
    let limits = Limits { body_time: Duration::from_millis(20), ..Limits::default() };
    let server = ReferenceServer::uptinio().limits(limits).start().await.expect("a free port");
    for (operation, token, body) in forms("request_timeout", "The body did not come in time") {
        let answer = answer(&server, operation, token, 2).await;
        assert_eq!((told(&answer), answer.header("Connection")), ((408, body), Some("close")), "{}", operation.id);
    }
}
