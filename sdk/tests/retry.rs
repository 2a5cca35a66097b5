//! Which calls are made again, how often, and what their errors say of it.

use std::time::Duration;

use probity::umami::{Error, Event, Token, Umami, VerifiedUser};
use probity::{ErrorKind, Retry};
use wiremock::matchers::method;
use wiremock::{Mock, MockServer, ResponseTemplate};

const VERIFIED: &str = r#"{"id": "1", "username": "umami", "role": "admin", "isAdmin": true}"#;
const RECEIPT: &str = r#"{"cache": "c", "sessionId": "s", "visitId": "v"}"#;

/// A client that does not wait between its tries.
fn umami(url: &str) -> Umami {
    let retry = Retry::default().backoff(Duration::ZERO, Duration::ZERO);
    Umami::builder(url).retry(retry).build().expect("a client")
}

async fn verify(server: &MockServer) -> Result<VerifiedUser, Error> {
    umami(&server.uri()).session(Token::new("token-of-a-login")).verify().await
}

/// A server that answers with these in turn, and from then on as if nothing were the matter.
async fn server(troubles: impl IntoIterator<Item = ResponseTemplate>, at_last: &str) -> MockServer {
    let server = MockServer::start().await;
    for trouble in troubles {
        Mock::given(method("POST")).respond_with(trouble).up_to_n_times(1).mount(&server).await;
    }
    let answer = ResponseTemplate::new(200).set_body_string(at_last);
    Mock::given(method("POST")).respond_with(answer).mount(&server).await;
    server
}

async fn requests(server: &MockServer) -> usize {
    server.received_requests().await.expect("requests are kept").len()
}

#[tokio::test]
async fn a_call_that_is_safe_to_repeat_outlives_a_burst_of_500() {
    let server = server([ResponseTemplate::new(500), ResponseTemplate::new(502)], VERIFIED).await;
    verify(&server).await.expect("the third try is answered");
    assert_eq!(requests(&server).await, 3);
}

#[tokio::test]
async fn an_event_is_not_sent_again_after_a_500_since_it_may_have_been_counted() {
    let server = server([ResponseTemplate::new(500)], RECEIPT).await;
    let event = Event::page_view("1");
    let error = umami(&server.uri()).send(&event).await.expect_err("the only try fails");
    assert_eq!((requests(&server).await, error.attempts()), (1, 1));
}

#[tokio::test]
async fn an_event_is_sent_again_after_a_500_by_whoever_would_rather_count_twice() {
    let server = server([ResponseTemplate::new(500)], RECEIPT).await;
    let (umami, event) = (umami(&server.uri()), Event::page_view("1"));
    let retry = Retry::default().backoff(Duration::ZERO, Duration::ZERO).also_if_it_may_count_twice();
    umami.send(&event).retry(retry).await.expect("the second try is answered");
    assert_eq!(requests(&server).await, 2);
}

#[tokio::test]
async fn an_event_is_sent_again_when_the_server_says_that_it_took_none() {
    for trouble in [ResponseTemplate::new(429), ResponseTemplate::new(503).insert_header("retry-after", "0")] {
        let server = server([trouble], RECEIPT).await;
        umami(&server.uri()).send(&Event::page_view("1")).await.expect("the second try is answered");
        assert_eq!(requests(&server).await, 2);
    }
}

#[tokio::test]
async fn a_wait_that_is_longer_than_the_call_has_time_is_told_and_not_waited() {
    for (name, value) in [("retry-after", "31"), ("x-ratelimit-reset", "31")] {
        let server = server([ResponseTemplate::new(429).insert_header(name, value)], VERIFIED).await;
        let error = verify(&server).await.expect_err("there is no time for a second try");
        assert_eq!(error.retry_after(), Some(Duration::from_secs(31)), "{name}");
        assert_eq!((requests(&server).await, error.attempts()), (1, 1));
    }
}

#[tokio::test]
async fn what_would_come_to_the_same_is_not_repeated() {
    for status in [301, 400, 401, 403, 404, 422, 501] {
        let server = server([ResponseTemplate::new(status)], VERIFIED).await;
        verify(&server).await.expect_err("the answer counts");
        assert_eq!(requests(&server).await, 1, "{status}");
    }
    let server = server([ResponseTemplate::new(200).set_body_string("{}")], VERIFIED).await;
    verify(&server).await.expect_err("the answer counts");
    assert_eq!(requests(&server).await, 1, "undecodable");
}

#[tokio::test]
async fn an_error_tells_how_often_it_was_tried_and_for_how_long() {
    let server = server([ResponseTemplate::new(500), ResponseTemplate::new(500), ResponseTemplate::new(503)], "").await;
    let error = verify(&server).await.expect_err("all tries fail");
    assert_eq!((error.attempts(), error.status().map(|status| status.as_u16())), (3, Some(503)));
    let expected = format!(
        "umami.verify (POST {}/api/auth/verify): answered 503 Service Unavailable (tried 3 times in {:.1} s)",
        server.uri(),
        error.elapsed().as_secs_f64()
    );
    assert_eq!(error.to_string(), expected);
}

#[tokio::test]
async fn a_server_that_is_down_is_asked_again_whatever_the_call_is() {
    let url = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        format!("http://{}", listener.local_addr().expect("its address"))
    };
    let error = umami(&url).send(&Event::page_view("1")).await.expect_err("nobody listens");
    assert!(matches!(error.kind(), ErrorKind::Connect(_)), "{error}");
    assert_eq!(error.attempts(), 3);
}

#[tokio::test]
async fn who_wants_no_second_try_gets_none() {
    let server = server([ResponseTemplate::new(500)], VERIFIED).await;
    let session = umami(&server.uri()).session(Token::new("token-of-a-login"));
    session.verify().retry(Retry::never()).await.expect_err("the only try fails");
    assert_eq!(requests(&server).await, 1);
}
