//! What a session keeps, over the wire.

use probity::tinyauth::{
    Access, Credentials, Decision, Error, ForwardedRequest, Login, Pending, Refusal, Session, Tinyauth,
};
use probity::{ConfigurationError, ErrorKind};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use wiremock::matchers::{any, header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::answer::confirmation;

fn user() -> Value {
    json!({"status": 200, "message": "OK", "isLoggedIn": true, "username": "user", "name": "User",
        "email": "user@example.com", "provider": "username", "oauth": false, "totpPending": "false"})
}

fn nobody() -> Value {
    json!({"status": 200, "message": "Unauthorized", "isLoggedIn": false, "username": "", "name": "", "email": "",
        "provider": "", "oauth": false, "totpPending": false})
}

/// An answer that sets these cookies.
fn setting(status: u16, body: &Value, set_cookie: &[&str]) -> ResponseTemplate {
    let answer = ResponseTemplate::new(status).set_body_json(body);
    set_cookie.iter().fold(answer, |answer, cookie| answer.append_header("set-cookie", *cookie))
}

/// A server that answers the paths so, and a session there.
async fn session_at(answers: Vec<(&str, ResponseTemplate)>) -> (MockServer, Session) {
    let server = MockServer::start().await;
    for (at, answer) in answers {
        Mock::given(path(at)).respond_with(answer).mount(&server).await;
    }
    let tinyauth = Tinyauth::new(&server.uri()).expect("a client");
    let session = tinyauth.session("tinyauth-session-1=FIRST").expect("a session");
    (server, session)
}

fn kept(session: &Session) -> String {
    session.export().expect("it goes on").expose_secret().to_owned()
}

fn has_ended(error: &Error) -> bool {
    assert!(error.is_unauthorized(), "{error}");
    matches!(error.kind(), ErrorKind::Configuration(ConfigurationError::SessionEnded))
}

fn request() -> ForwardedRequest {
    ForwardedRequest::new("https", "app.example.com", "/")
}

async fn decision(tinyauth: &Tinyauth, request: &ForwardedRequest, access: Access) -> Decision {
    tinyauth.authorize(request, access).await.expect("a ruling").decision
}

#[tokio::test]
async fn a_session_follows_where_its_cookie_is_set_anew_and_clones_with_it() {
    let refreshed = setting(200, &user(), &["tinyauth-session-1=SECOND; Path=/; Max-Age=86400; HttpOnly"]);
    let (server, session) = session_at(vec![("/api/user", refreshed)]).await;
    let clone = session.clone();
    session.user().await.expect("logged in");
    assert_eq!((&*kept(&session), &*kept(&clone)), ("tinyauth-session-1=SECOND", "tinyauth-session-1=SECOND"));
    clone.user().await.expect("logged in");
    let sent: Vec<_> = server.received_requests().await.expect("requests are kept");
    let cookies: Vec<_> = sent.iter().map(|request| request.headers["cookie"].to_str().expect("text")).collect();
    assert_eq!(cookies, ["tinyauth-session-1=FIRST", "tinyauth-session-1=SECOND"]);
}

#[tokio::test]
async fn other_cookies_are_not_followed() {
    let cookies = ["tinyauth-session-2=OTHER; Path=/", "tinyauth-session-2=; Max-Age=0", "theme=dark"];
    let (_server, session) = session_at(vec![("/api/user", setting(200, &user(), &cookies))]).await;
    session.user().await.expect("logged in");
    assert_eq!(kept(&session), "tinyauth-session-1=FIRST");
}

#[tokio::test]
async fn the_session_of_nobody_that_comes_with_a_refusal_is_not_followed() {
    let stray = ["tinyauth-session-1=NOBODY; Path=/; Max-Age=86400; HttpOnly"];
    let refusal = json!({"status": 401, "message": "Unauthorized"});
    let answers =
        vec![("/api/user", setting(200, &nobody(), &stray)), ("/api/auth/traefik", setting(401, &refusal, &stray))];
    let (_server, session) = session_at(answers).await;
    assert!(session.user().await.expect_err("nobody").is_unauthorized());
    assert!(matches!(session.authorize(&request()).await, Ok(Decision::Denied { .. })));
    assert_eq!(kept(&session), "tinyauth-session-1=FIRST");
}

#[tokio::test]
async fn the_session_of_nobody_that_comes_where_a_rule_lets_everybody_in_is_not_followed() {
    let cookie = ["tinyauth-session-1=SECOND; Path=/; Max-Age=86400; HttpOnly"];
    let allowed = json!({"status": 200, "message": "Authenticated"});
    let by_rule = setting(200, &allowed, &cookie);
    for (answer, is) in [
        (by_rule.clone(), "tinyauth-session-1=FIRST"),
        (by_rule.insert_header("remote-user", "user"), "tinyauth-session-1=SECOND"),
    ] {
        let (_server, session) = session_at(vec![("/api/auth/traefik", answer)]).await;
        assert!(matches!(session.authorize(&request()).await, Ok(Decision::Allowed(_))));
        assert_eq!(kept(&session), is);
    }
}

#[tokio::test]
async fn a_deletion_that_comes_with_the_news_that_nobody_is_logged_in_ends_the_session() {
    for status in [200, 401] {
        let deleted = ["tinyauth-session-1=; Path=/; Max-Age=0; HttpOnly"];
        let (_server, session) = session_at(vec![("/api/user", setting(status, &nobody(), &deleted))]).await;
        assert!(session.user().await.expect_err("nobody").is_unauthorized());
        assert!(matches!(session.export(), Err(ConfigurationError::SessionEnded)), "{status}");
    }
}

/// Answers the request that comes over the connection: a user is logged in, and this cookie is set.
async fn answer_over(connection: &TcpStream, set_cookie: &str) {
    let (mut request, mut buffer) = (Vec::new(), [0; 4096]);
    while !request.ends_with(b"\r\n\r\n") {
        connection.readable().await.expect("a connection");
        if let Ok(read) = connection.try_read(&mut buffer) {
            request.extend_from_slice(&buffer[..read]);
        }
    }
    let body = user().to_string();
    let answer = format!("HTTP/1.1 200 OK\r\nset-cookie: {set_cookie}\r\ncontent-length: {}\r\n\r\n{body}", body.len());
    connection.writable().await.expect("a connection");
    assert_eq!(connection.try_write(answer.as_bytes()).expect("it is taken"), answer.len());
}

#[tokio::test]
async fn an_answer_to_an_older_call_neither_ends_nor_replaces_a_newer_session() {
    for late in ["tinyauth-session-1=; Path=/; Max-Age=0", "tinyauth-session-1=LATE; Path=/"] {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let server = format!("http://{}", listener.local_addr().expect("an address"));
        let tinyauth = Tinyauth::new(&server).expect("a client");
        let session = tinyauth.session("tinyauth-session-1=FIRST").expect("a session");
        let accepted = async || listener.accept().await.expect("a connection").0;

        let older = session.clone();
        let older = tokio::spawn(async move { older.user().await });
        let waits = accepted().await;
        let (newer, ()) = tokio::join!(session.user(), async {
            answer_over(&accepted().await, "tinyauth-session-1=SECOND; Path=/").await;
        });
        newer.expect("logged in");
        answer_over(&waits, late).await;
        older.await.expect("it ends").expect("logged in");
        assert_eq!(kept(&session), "tinyauth-session-1=SECOND", "{late}");
    }
}

#[tokio::test]
async fn a_login_that_waits_goes_on_from_what_was_exported() {
    let server = MockServer::start().await;
    let exported = pending_at(&server).await.export();
    assert_eq!(exported.expose_secret(), "tinyauth-session-1=PENDING");
    let verified = setting(200, &json!({"status": 200, "message": "Logged in"}), &["tinyauth-session-1=SESSION"]);
    let totp = Mock::given(path("/api/totp")).and(header("cookie", "tinyauth-session-1=PENDING"));
    totp.respond_with(verified).mount(&server).await;
    let pending = Tinyauth::new(&server.uri()).expect("a client").pending(exported).expect("a login that waits");
    assert_eq!(kept(&pending.verify("012345").await.expect("a session")), "tinyauth-session-1=SESSION");
}

#[tokio::test]
async fn a_visitors_session_that_is_set_anew_comes_with_the_decision() {
    let server = MockServer::start().await;
    let cookie = "tinyauth-session-1=SECOND; Path=/; Domain=example.com; Max-Age=86400; HttpOnly; SameSite=Lax";
    let allowed = setting(200, &json!({"status": 200, "message": "Authenticated"}), &[cookie]);
    Mock::given(path("/api/auth/traefik")).respond_with(allowed).mount(&server).await;
    let tinyauth = Tinyauth::new(&server.uri()).expect("a client");
    let ruling = tinyauth.authorize(&request(), Access::Anonymous).await.expect("a ruling");
    assert_eq!(ruling.set_cookie, [cookie]);
}

#[tokio::test]
async fn a_session_whose_cookie_is_deleted_has_ended() {
    let deleted = ["tinyauth-session-1=; Path=/; Max-Age=0; HttpOnly"];
    let refusal = json!({"status": 401, "message": "Unauthorized"});
    let (server, session) = session_at(vec![("/api/auth/traefik", setting(401, &refusal, &deleted))]).await;
    assert!(matches!(session.authorize(&request()).await, Ok(Decision::Denied { .. })));
    assert!(has_ended(&session.user().await.expect_err("ended")));
    assert!(has_ended(&session.authorize(&request()).await.expect_err("ended")));
    assert!(matches!(session.export(), Err(ConfigurationError::SessionEnded)));
    assert!(has_ended(&session.logout().await.expect_err("ended")));
    assert_eq!(server.received_requests().await.expect("requests are kept").len(), 1);
}

#[tokio::test]
async fn a_logout_forgets_the_session_in_clones_too_and_even_when_it_fails() {
    for status in [200, 500] {
        let stray = ["tinyauth-session-1=NOBODY; Path=/; Max-Age=86400; HttpOnly"];
        let answer = setting(status, &json!({"status": status, "message": "Logged out"}), &stray);
        let (server, session) = session_at(vec![("/api/logout", answer)]).await;
        let clone = session.clone();
        assert_eq!(session.logout().await.is_ok(), status == 200);
        assert!(has_ended(&clone.user().await.expect_err("ended")));
        let sent = &server.received_requests().await.expect("requests are kept")[0];
        assert_eq!(
            (sent.method.as_str(), sent.headers["cookie"].to_str().ok()),
            ("POST", Some("tinyauth-session-1=FIRST"))
        );
    }
}

async fn pending_at(server: &MockServer) -> Pending {
    let login = json!({"status": 200, "message": "Waiting for totp", "totpPending": true});
    let login = setting(200, &login, &["tinyauth-session-1=PENDING; Path=/; Max-Age=3600; HttpOnly"]);
    Mock::given(method("POST")).and(path("/api/login")).respond_with(login).mount(server).await;
    let tinyauth = Tinyauth::new(&server.uri()).expect("a client");
    match tinyauth.login(&Credentials::new("totp", "password")).await.expect("a login") {
        Login::TotpRequired(pending) => pending,
        Login::Complete(session) => panic!("a code is wanted: {session:?}"),
    }
}

#[tokio::test]
async fn after_a_wrong_code_another_may_be_sent() {
    let server = MockServer::start().await;
    let pending = pending_at(&server).await;
    let verified = setting(200, &json!({"status": 200, "message": "Logged in"}), &["tinyauth-session-1=SESSION"]);
    Mock::given(path("/api/totp"))
        .and(header("cookie", "tinyauth-session-1=PENDING"))
        .and(wiremock::matchers::body_json(json!({"code": "012345"})))
        .respond_with(verified)
        .mount(&server)
        .await;
    let refused = ResponseTemplate::new(401).set_body_json(json!({"status": 401, "message": "Unauthorized"}));
    Mock::given(path("/api/totp")).respond_with(refused).mount(&server).await;

    assert!(pending.verify("000000").await.expect_err("wrong").is_unauthorized());
    assert_eq!(kept(&pending.verify("012345").await.expect("a session")), "tinyauth-session-1=SESSION");
}

#[tokio::test]
async fn a_login_sends_no_cookie_of_an_earlier_one() {
    let server = MockServer::start().await;
    drop(pending_at(&server).await);
    drop(pending_at(&server).await);
    for sent in server.received_requests().await.expect("requests are kept") {
        assert!(!sent.headers.contains_key("cookie"), "{:?}", sent.headers);
    }
}

#[tokio::test]
async fn a_redirect_is_a_decision_and_is_not_followed() {
    let elsewhere = MockServer::start().await;
    Mock::given(any()).respond_with(ResponseTemplate::new(200)).expect(0).mount(&elsewhere).await;
    let to_login = format!("{}/login?redirect_uri=https%3A%2F%2Fapp.example.com%2F", elsewhere.uri());
    let answer = ResponseTemplate::new(302).insert_header("location", &*to_login);
    let (_server, session) = session_at(vec![("/api/auth/traefik", answer)]).await;
    let Ok(Decision::LoginAt(url)) = session.authorize(&request()).await else { panic!("to log in") };
    assert_eq!(url.as_str(), to_login);
}

#[tokio::test]
async fn a_redirect_within_the_server_is_one_at_its_own_host() {
    let answer = ResponseTemplate::new(302).insert_header("location", "/login?redirect_uri=a");
    let (server, session) = session_at(vec![("/api/auth/traefik", answer)]).await;
    let Ok(Decision::LoginAt(url)) = session.authorize(&request()).await else { panic!("to log in") };
    assert_eq!(url.as_str(), format!("{}/login?redirect_uri=a", server.uri()));
}

#[tokio::test]
async fn a_visitors_agent_goes_in_the_place_of_the_clients_own() {
    let server = MockServer::start().await;
    let allowed = ResponseTemplate::new(200).set_body_string(confirmation());
    Mock::given(path("/api/auth/traefik")).respond_with(allowed).mount(&server).await;
    let tinyauth = Tinyauth::builder(&server.uri()).user_agent("shop/1").build().expect("a client");
    for request in [request(), request().user_agent("Mozilla/5.0 Gecko/20100101")] {
        assert!(matches!(decision(&tinyauth, &request, Access::Anonymous).await, Decision::Allowed(_)));
    }
    let sent = server.received_requests().await.expect("requests are kept");
    let agents: Vec<Vec<_>> =
        sent.iter().map(|request| request.headers.get_all("user-agent").iter().collect()).collect();
    assert_eq!(agents, [["shop/1"], ["Mozilla/5.0 Gecko/20100101"]]);
}

#[tokio::test]
async fn a_held_off_login_tells_the_wait() {
    let server = MockServer::start().await;
    let body = json!({"status": 429, "message": "Too many failed login attempts. Try again in 299 seconds"});
    Mock::given(any()).respond_with(ResponseTemplate::new(429).set_body_json(body)).mount(&server).await;
    let tinyauth = Tinyauth::new(&server.uri()).expect("a client");
    let error = tinyauth.login(&Credentials::new("user", "password")).await.expect_err("held off");
    assert_eq!(error.retry_after().map(|wait| wait.as_secs()), Some(299));
    assert!(matches!(error.refusal(), Some(Refusal::Locked { wait: Some(_), .. })));
}

#[test]
fn clients_and_calls_can_be_handed_to_another_thread() {
    fn is_send<T: Send>(_: &T) {}
    let tinyauth = Tinyauth::new("http://localhost").expect("a client");
    let session = tinyauth.session("tinyauth-session-1=abc").expect("a session");
    let (credentials, request) = (Credentials::new("user", "password"), request());
    is_send(&tinyauth.authorize(&request, Access::Anonymous));
    is_send(&tinyauth.basic(credentials.clone()).authorize(&request));
    is_send(&tinyauth.login(&credentials));
    is_send(&session.user());
    is_send(&session.authorize(&request));
    is_send(&session.logout());
}

#[tokio::test]
async fn a_login_tells_its_status_its_headers_and_the_rate_limit_of_a_proxy() {
    let server = MockServer::start().await;
    let answer = setting(200, &json!({"status": 200, "message": "Logged in"}), &["tinyauth-session-1=SECRET; Path=/"])
        .insert_header("x-ratelimit-remaining", "4");
    Mock::given(any()).respond_with(answer).mount(&server).await;
    let tinyauth = Tinyauth::new(&server.uri()).expect("a client");
    let answer = tinyauth.login(&Credentials::new("user", "password")).with_response().await.expect("logged in");
    assert!(matches!(answer.value, Login::Complete(_)));
    assert_eq!((answer.status.as_u16(), answer.rate_limit().and_then(|told| told.remaining)), (200, Some(4)));
    assert!(answer.headers["set-cookie"].to_str().expect("text").contains("SECRET"));
    assert!(!format!("{answer:?}").contains("SECRET"), "{answer:?}");
}
