//! How bytes travel: bounds, redirects, broken connections and what the errors of these say.

#[path = "every_api/log.rs"]
mod log;

use std::time::Duration;

use probity::umami::{ApiKey, Credentials, Error, Event, Receipt, Token, Umami, UmamiCloud};
use probity::{ConfigurationError, ErrorKind, InvalidBaseUrl, RateLimit, Retry};
use tokio::net::TcpListener;
use wiremock::matchers::{header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::log::Log;

const VERIFIED: &str = r#"{"id": "1", "username": "umami", "role": "admin", "isAdmin": true}"#;

fn token() -> Token {
    Token::new("token-of-a-login")
}

/// A server that answers `POST /api/auth/verify` with this.
async fn server(answer: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(method("POST")).and(path("/api/auth/verify")).respond_with(answer).mount(&server).await;
    server
}

/// Asks once.
async fn verify(url: &str) -> Result<(), Error> {
    Umami::new(url)?.session(token()).verify().retry(Retry::never()).await.map(drop)
}

/// The address of a server that accepts one connection, and then does this with it.
async fn accepting<T: Send + 'static>(then: fn(tokio::net::TcpStream) -> T) -> (String, tokio::task::JoinHandle<T>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("its address");
    let accepted = tokio::spawn(async move { then(listener.accept().await.expect("a connection").0) });
    (address.to_string(), accepted)
}

#[tokio::test]
async fn a_call_carries_the_token_and_an_agent_that_umami_takes_for_no_bot() {
    let server = MockServer::start().await;
    Mock::given(header("authorization", "Bearer token-of-a-login"))
        .and(header("user-agent", format!("Mozilla/5.0 (X11; Linux x86_64) probity/{}", env!("CARGO_PKG_VERSION"))))
        .and(header("accept", "application/json"))
        .respond_with(ResponseTemplate::new(200).set_body_string(VERIFIED))
        .expect(1)
        .mount(&server)
        .await;
    verify(&server.uri()).await.expect("the token is valid");
}

#[tokio::test]
async fn a_call_is_a_span_with_its_status_and_no_secret() {
    let server = server(ResponseTemplate::new(200).set_body_string(VERIFIED)).await;
    let log = Log::default();
    let until_dropped = log.subscribe();
    verify(&server.uri()).await.expect("the token is valid");
    drop(until_dropped);

    let log = log.text();
    let span =
        format!(r#"call{{operation="umami.verify" method=POST url="{}/api/auth/verify" status=200}}"#, server.uri());
    assert!(log.contains(&span), "{log}");
    assert!(!log.contains("token-of-a-login"), "{log}");
}

/// Umami Cloud, at other addresses.
fn cloud(key: &str, api: &str, events: &str) -> UmamiCloud {
    UmamiCloud::builder(ApiKey::new(key)).base_url(api).events_base_url(events).build().expect("a client")
}

#[tokio::test]
async fn umami_cloud_is_called_under_v1_with_the_key_in_its_header() {
    let server = MockServer::start().await;
    Mock::given(method("GET"))
        .and(path("/v1/websites"))
        .and(header("x-umami-api-key", "key-of-the-settings-page"))
        .respond_with(
            ResponseTemplate::new(200).set_body_string(r#"{"data": [], "count": 0, "page": 1, "pageSize": 20}"#),
        )
        .expect(1)
        .mount(&server)
        .await;
    let cloud = cloud("key-of-the-settings-page", &server.uri(), "http://localhost:9");
    assert_eq!(cloud.websites().await.expect("a page").count, 0);
}

#[tokio::test]
async fn umami_cloud_takes_events_at_an_address_of_its_own_and_without_the_key() {
    let (api, events) = (MockServer::start().await, MockServer::start().await);
    Mock::given(method("POST"))
        .and(path("/api/send"))
        .respond_with(ResponseTemplate::new(200).set_body_string(r#"{"beep": "boop"}"#))
        .expect(1)
        .mount(&events)
        .await;
    let cloud = cloud("key-of-the-settings-page", &api.uri(), &events.uri());
    let receipt = cloud.send(&Event::page_view("your-website-id")).await.expect("a receipt");
    assert!(matches!(receipt, Receipt::Ignored));
    let sent = &events.received_requests().await.expect("requests are kept")[0];
    assert!(!sent.headers.contains_key("x-umami-api-key"), "{:?}", sent.headers);
    assert!(!format!("{sent:?}").contains("key-of-the-settings-page"));
    assert_eq!(api.received_requests().await.expect("requests are kept").len(), 0);
}

#[cfg(any(feature = "rustls", feature = "native-tls"))]
#[test]
fn umami_clouds_events_go_to_the_address_of_the_document_whatever_the_other_is() {
    let cloud = UmamiCloud::builder(ApiKey::new("key")).base_url("http://localhost:1").build().expect("a client");
    assert!(format!("{cloud:?}").contains("BaseUrl(https://cloud.umami.is/)"), "{cloud:?}");
}

#[tokio::test]
async fn what_is_set_of_the_http_client_and_the_user_agent_is_used() {
    let server = MockServer::start().await;
    Mock::given(header("x-of-the-application", "yes"))
        .and(header("user-agent", "Mozilla/5.0 shop"))
        .respond_with(ResponseTemplate::new(200).set_body_string(VERIFIED))
        .expect(1)
        .mount(&server)
        .await;
    let headers = [("x-of-the-application", "yes")]
        .map(|(name, value)| (http::HeaderName::from_static(name), http::HeaderValue::from_static(value)));
    let umami = Umami::builder(&server.uri())
        .http_client(|http| http.default_headers(headers.into_iter().collect()))
        .user_agent("Mozilla/5.0 shop")
        .build();
    umami.expect("a client").session(token()).verify().await.expect("the token is valid");
}

#[tokio::test]
async fn silence_is_a_timeout() {
    let (address, connection) = accepting(|connection| connection).await;
    let umami = Umami::builder(&format!("http://{address}")).timeout(Duration::from_millis(20)).build();
    let session = umami.expect("a client").session(token());
    let error = session.verify().retry(Retry::never()).await.expect_err("no answer");
    assert!(error.is_timeout(), "{error:?}");
    assert_eq!(error.status(), None);
    assert_eq!(error.call(), Some(&*format!("umami.verify (POST http://{address}/api/auth/verify)")));
    drop(connection);
}

#[tokio::test]
async fn a_server_that_hangs_up_broke_off() {
    let (address, _) = accepting(drop).await;
    let error = verify(&format!("http://{address}")).await.expect_err("no answer");
    assert!(matches!(error.kind(), ErrorKind::BrokenOff(_)), "{error:?}");
    assert!(!error.is_connect());
    assert!(error.to_string().ends_with("the connection broke off before a complete answer came"), "{error}");
    assert!(std::error::Error::source(&error).is_some(), "the cause is kept");
}

#[tokio::test]
async fn a_closed_port_is_told_from_a_connection_that_broke_off() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("its address");
    drop(listener);
    let error = verify(&format!("http://{address}")).await.expect_err("no answer");
    assert!(error.is_connect(), "{error:?}");
    assert!(error.to_string().ends_with("is it running, and does the base URL name it?"), "{error}");
}

#[cfg(any(feature = "rustls", feature = "native-tls"))]
#[tokio::test]
async fn a_handshake_that_fails_is_no_connection() {
    let (address, _) = accepting(drop).await;
    let error = verify(&format!("https://{address}")).await.expect_err("no handshake");
    assert!(error.is_connect(), "{error:?}");
}

#[cfg(not(any(feature = "rustls", feature = "native-tls")))]
#[test]
fn https_without_tls_is_a_mistake_that_names_the_features() {
    let error = Umami::new("https://analytics.example.com").expect_err("no TLS");
    assert!(matches!(error, ConfigurationError::NoTls));
}

#[tokio::test]
async fn a_body_beyond_the_bound_is_not_read_and_its_status_is_told() {
    let server = server(ResponseTemplate::new(502).set_body_bytes(vec![b' '; 8 * 1024 * 1024 + 1])).await;
    let error = verify(&server.uri()).await.expect_err("too large");
    assert!(matches!(error.kind(), ErrorKind::TooLarge { limit: 8_388_608, .. }), "{error:?}");
    assert_eq!(error.status().map(|status| status.as_u16()), Some(502));
}

#[tokio::test]
async fn a_body_that_comes_in_many_pieces_is_read_whole() {
    // Far more than one read of a connection gives.
    let username: String = (0..200_000).map(|number| format!("{number},")).collect();
    let body = serde_json::json!({ "id": "1", "username": username, "role": "admin", "isAdmin": true });
    let server = server(ResponseTemplate::new(200).set_body_json(body)).await;
    let user = Umami::new(&server.uri()).expect("a client").session(token()).verify().await.expect("an answer");
    assert_eq!(user.username, username);
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let server = server(ResponseTemplate::new(307).insert_header("location", "/elsewhere?token=1")).await;
    Mock::given(path("/elsewhere")).respond_with(ResponseTemplate::new(200)).expect(0).mount(&server).await;
    let error = verify(&server.uri()).await.expect_err("a redirect");
    assert_eq!(
        error.to_string(),
        format!(
            "umami.verify (POST {}/api/auth/verify): answered 307 Temporary Redirect; redirects are not followed: \
             does the base URL belong to /elsewhere?",
            server.uri()
        )
    );
}

#[tokio::test]
async fn a_login_is_never_repeated_elsewhere_whatever_is_set() {
    let elsewhere = MockServer::start().await;
    Mock::given(wiremock::matchers::any()).respond_with(ResponseTemplate::new(200)).expect(0).mount(&elsewhere).await;
    for status in [301, 302, 307, 308] {
        let server = MockServer::start().await;
        let there = ResponseTemplate::new(status).insert_header("location", &*elsewhere.uri());
        Mock::given(path("/api/auth/login")).respond_with(there).expect(1).mount(&server).await;
        let umami = Umami::builder(&server.uri())
            .http_client(|http| http.redirect(reqwest::redirect::Policy::default()))
            .build()
            .expect("a client");
        let error = umami.login(&Credentials::new("admin", "password")).await.expect_err("a redirect");
        assert_eq!(error.status().map(|status| status.as_u16()), Some(status));
    }
}

#[tokio::test]
async fn a_proxys_page_is_a_rejection_without_a_refusal() {
    let page = ResponseTemplate::new(503)
        .set_body_raw("<html>Down for maintenance</html>", "text/html")
        .insert_header("retry-after", "30")
        .insert_header("x-request-id", "7f3a");
    let error = verify(&server(page).await.uri()).await.expect_err("down");
    assert_eq!(error.refusal(), None);
    assert_eq!(error.retry_after(), Some(Duration::from_secs(30)));
    assert!(
        error.to_string().ends_with("answered 503 Service Unavailable; try again in 30 s (request 7f3a)"),
        "{error}"
    );
    let ErrorKind::Rejected(rejection) = error.into_kind() else { panic!("rejected") };
    assert_eq!(rejection.body.as_bytes(), b"<html>Down for maintenance</html>");
}

#[test]
fn what_cannot_be_used_is_said_before_anything_is_sent() {
    let secret = Umami::new("https://me:secret-word@example.com").expect_err("credentials in the URL");
    assert!(matches!(secret, ConfigurationError::BaseUrl(InvalidBaseUrl::Credentials)));
    assert!(!format!("{secret} {secret:?}").contains("secret-word"));
    let agent = Umami::builder("http://localhost").user_agent("two\nlines").build().expect_err("no header");
    assert!(matches!(agent, ConfigurationError::Header("user agent")));
}

#[tokio::test]
async fn a_token_with_a_line_end_is_never_sent() {
    let umami = Umami::new("http://localhost:9").expect("a client");
    let error = umami.session(Token::new("token-from-a-file\n")).verify().await.expect_err("no header");
    assert!(matches!(error.kind(), ErrorKind::Configuration(ConfigurationError::Header("token"))), "{error:?}");
    assert!(!format!("{error} {error:?}").contains("token-from-a-file"));
}

#[tokio::test]
async fn an_empty_secret_is_never_sent() {
    let error = Umami::new("http://localhost:9").expect("a client").session(Token::new("")).verify().await;
    let kind = error.expect_err("no token").into_kind();
    assert!(matches!(kind, ErrorKind::Configuration(ConfigurationError::Empty("token"))), "{kind:?}");
    let kind = cloud("", "http://localhost:9", "http://localhost:9").websites().await.expect_err("no key").into_kind();
    assert!(matches!(kind, ErrorKind::Configuration(ConfigurationError::Empty("API key"))), "{kind:?}");
}

fn limited(status: u16, remaining: u64) -> ResponseTemplate {
    ResponseTemplate::new(status)
        .insert_header("x-ratelimit-limit", "100")
        .insert_header("x-ratelimit-remaining", &*remaining.to_string())
        .insert_header("x-ratelimit-reset", "45")
}

fn remaining(told: Option<RateLimit>) -> Option<u64> {
    let told = told?;
    assert_eq!((told.limit, told.reset), (Some(100), Some(Duration::from_secs(45))));
    told.remaining
}

#[tokio::test]
async fn an_answer_tells_its_status_its_headers_and_the_rate_limit() {
    let server = server(limited(200, 99).set_body_string(VERIFIED).insert_header("x-request-id", "7f3a")).await;
    let session = Umami::new(&server.uri()).expect("a client").session(token());
    let answer = session.verify().with_response().await.expect("the token is valid");
    assert_eq!((&*answer.value.username, answer.status.as_u16()), ("umami", 200));
    assert_eq!(answer.headers["x-request-id"], "7f3a");
    assert_eq!(remaining(answer.rate_limit()), Some(99));
    assert!(!format!("{answer:?}").contains("7f3a"), "{answer:?}");
}

#[tokio::test]
async fn what_a_client_makes_of_an_answer_comes_with_it_too() {
    let server = MockServer::start().await;
    let body = r#"{"token": "abc", "user": {"id": "1", "username": "admin"}}"#;
    Mock::given(path("/api/auth/login")).respond_with(limited(200, 7).set_body_string(body)).mount(&server).await;
    let umami = Umami::new(&server.uri()).expect("a client");
    let answer = umami.login(&Credentials::new("admin", "password")).with_response().await.expect("signed in");
    assert_eq!(answer.value.token().expose_secret(), "abc");
    assert_eq!(remaining(answer.rate_limit()), Some(7));
}

#[tokio::test]
async fn an_error_tells_the_rate_limit_whether_rejected_undecodable_or_too_large() {
    let too_large = limited(200, 3).set_body_bytes(vec![b' '; 8 * 1024 * 1024 + 1]);
    for answer in [limited(401, 3), limited(200, 3).set_body_string("<html></html>"), too_large] {
        let error = verify(&server(answer).await.uri()).await.expect_err("no user");
        assert_eq!(remaining(error.rate_limit()), Some(3), "{error}");
    }
    let error = verify(&server(limited(401, 3)).await.uri()).await.expect_err("rejected");
    assert_eq!(error.headers().expect("headers")["x-ratelimit-limit"], "100");
    // That there is a limit is not why it was rejected.
    assert_eq!(error.retry_after(), None);
}

#[tokio::test]
async fn a_429_waits_for_the_reset_unless_it_says_otherwise() {
    let error = verify(&server(limited(429, 0)).await.uri()).await.expect_err("too many");
    assert_eq!(error.retry_after(), Some(Duration::from_secs(45)));
    let told = limited(429, 0).insert_header("retry-after", "5");
    let error = verify(&server(told).await.uri()).await.expect_err("too many");
    assert_eq!(error.retry_after(), Some(Duration::from_secs(5)));
}

#[tokio::test]
async fn pages_tell_the_rate_limit_of_the_last_answer() {
    let server = MockServer::start().await;
    for (page, left) in [(1, 9), (2, 8)] {
        let body = serde_json::json!({"data": [{"id": page, "name": "shop"}], "count": 2, "page": page, "pageSize": 1});
        Mock::given(wiremock::matchers::query_param("page", page.to_string()))
            .respond_with(limited(200, left).set_body_json(body))
            .mount(&server)
            .await;
    }
    let session = Umami::new(&server.uri()).expect("a client").session(token());
    let mut pages = session.websites().pages();
    assert_eq!(pages.rate_limit(), None);
    for left in [9, 8] {
        assert_eq!(pages.next().await.expect("a page").expect("a page").data.len(), 1);
        assert_eq!(remaining(pages.rate_limit()), Some(left));
    }
    assert!(pages.next().await.expect("no page").is_none());
}

#[test]
fn clients_and_calls_can_be_handed_to_another_thread() {
    fn is_send<T: Send>(_: &T) {}
    let umami = Umami::new("http://localhost").expect("a client");
    let session = umami.session(token());
    let credentials = Credentials::new("admin", "password");
    is_send(&umami.login(&credentials));
    is_send(&umami.login(&credentials).into_future());
    is_send(&umami.login(&credentials).with_response());
    is_send(&session.verify().into_future());
    is_send(&session.websites().into_future());
    is_send(&session.websites().pages().next());
    let event = Event::page_view("1");
    is_send(&umami.send(&event).into_future());
    is_send(&session.website("1").active().into_future());
}

#[cfg(feature = "rustls")]
#[tokio::test]
async fn a_server_that_takes_too_long_to_connect_to_has_not_seen_the_call() {
    // It takes the connection, and says nothing of TLS.
    let (address, accepted) = accepting(|stream| stream).await;
    let umami = Umami::builder(&format!("https://{address}")).connect_timeout(Duration::from_millis(50));
    let umami = umami.retry(Retry::never()).build().expect("a client");
    let error = umami.session(token()).verify().await.expect_err("no connection");
    assert!(error.is_connect() && !error.is_timeout(), "{error}");
    drop(accepted.await);
}
