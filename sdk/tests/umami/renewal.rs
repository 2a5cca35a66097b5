//! Sessions that sign in anew when their token has expired.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use probity::umami::{Credentials, Session, Token, Umami};
use serde_json::json;
use wiremock::matchers::path;
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

/// A server whose logins give `token-1`, `token-2`, …, and that lets in whom `lets_in` says.
async fn server(lets_in: impl Fn(&str) -> bool + Send + Sync + 'static) -> MockServer {
    let server = MockServer::start().await;
    let logins = Arc::new(AtomicUsize::new(0));
    let login = move |_: &Request| {
        let token = format!("token-{}", logins.fetch_add(1, Ordering::SeqCst) + 1);
        ResponseTemplate::new(200).set_body_json(json!({"token": token, "user": {"id": "1", "username": "umami"}}))
    };
    Mock::given(path("/api/auth/login")).respond_with(login).mount(&server).await;
    let list = move |request: &Request| {
        let token = request.headers["authorization"].to_str().expect("text").trim_start_matches("Bearer ");
        match lets_in(token) {
            true => {
                ResponseTemplate::new(200).set_body_json(json!({"data": [], "count": 0, "page": 1, "pageSize": 20}))
            }
            false => ResponseTemplate::new(401),
        }
    };
    Mock::given(path("/api/websites")).respond_with(list).mount(&server).await;
    server
}

fn session(server: &MockServer) -> Session {
    let umami = Umami::new(&server.uri()).expect("a client");
    umami.session(Token::new("expired")).renewed_by(Credentials::new("umami", "password"))
}

async fn requests(server: &MockServer, path: &str) -> usize {
    let requests = server.received_requests().await.expect("requests are kept");
    requests.iter().filter(|request| request.url.path() == path).count()
}

#[tokio::test]
async fn a_call_whose_token_has_expired_is_made_again_by_a_new_one() {
    let server = server(|token| token == "token-1").await;
    let session = session(&server);
    session.websites().await.expect("the new token is good");
    assert_eq!(session.token().expose_secret(), "token-1");
    session.websites().await.expect("and stays so");
    assert_eq!((requests(&server, "/api/auth/login").await, requests(&server, "/api/websites").await), (1, 3));
}

#[tokio::test]
async fn calls_that_are_refused_at_a_time_share_one_login() {
    let server = server(|token| token == "token-1").await;
    let session = session(&server);
    let calls: Vec<_> = (0..20)
        .map(|_| {
            let session = session.clone();
            tokio::spawn(async move { session.websites().await.map(drop) })
        })
        .collect();
    for call in calls {
        call.await.expect("no panic").expect("the new token is good");
    }
    assert_eq!(requests(&server, "/api/auth/login").await, 1);
}

#[tokio::test]
async fn a_user_who_is_banned_does_not_sign_in_without_end() {
    let server = server(|_| false).await;
    let session = session(&server);
    for _ in 0..5 {
        let error = session.websites().await.expect_err("nobody is let in");
        assert!(error.is_unauthorized(), "{error}");
    }
    assert_eq!(requests(&server, "/api/auth/login").await, 1);
}

#[tokio::test]
async fn a_token_is_renewed_as_often_as_it_expires() {
    let asked = AtomicUsize::new(0);
    // Each token is good for one call.
    let server = server(move |token| token == format!("token-{}", asked.fetch_add(1, Ordering::SeqCst) / 2 + 1)).await;
    let session = session(&server);
    for _ in 0..3 {
        session.websites().await.expect("the new token is good");
    }
    assert_eq!(requests(&server, "/api/auth/login").await, 3);
}

#[tokio::test]
async fn credentials_that_are_refused_are_not_tried_again() {
    let server = MockServer::start().await;
    Mock::given(path("/api/auth/login")).respond_with(ResponseTemplate::new(401)).mount(&server).await;
    Mock::given(path("/api/websites")).respond_with(ResponseTemplate::new(401)).mount(&server).await;
    let session = session(&server);
    let first = session.websites().await.expect_err("nobody is let in");
    assert!(first.call().is_some_and(|call| call.starts_with("umami.login")), "{first}");
    let second = session.websites().await.expect_err("nobody is let in");
    assert!(second.call().is_some_and(|call| call.starts_with("umami.websites")), "{second}");
    assert_eq!(requests(&server, "/api/auth/login").await, 1);
}

#[tokio::test]
async fn nothing_is_renewed_unless_asked_for() {
    let server = server(|_| false).await;
    let umami = Umami::new(&server.uri()).expect("a client");
    umami.session(Token::new("expired")).websites().await.expect_err("nobody is let in");
    assert_eq!(requests(&server, "/api/auth/login").await, 0);
}
