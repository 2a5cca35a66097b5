//! Routes that Tinyauth guards.

use std::convert::Infallible;
use std::time::Duration;

use axum::Extension;
use axum::Router;
use axum::body::Body;
use axum::routing::any;
use http::header::{AUTHORIZATION, COOKIE, LOCATION, SET_COOKIE, WWW_AUTHENTICATE};
use http::{HeaderMap, Request, Response, StatusCode};
use probity::Retry;
use probity::tinyauth::{Credentials, Identity, Login, Tinyauth, TinyauthLayer};
use probity_server::ReferenceServer;
use tower::ServiceExt as _;
use wiremock::matchers::path_regex;
use wiremock::{Mock, MockServer, ResponseTemplate};

const BROWSER: &str = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8";

fn tinyauth(url: &str) -> Tinyauth {
    let at_once = Retry::default().backoff(Duration::ZERO, Duration::ZERO);
    Tinyauth::builder(url).retry(at_once).build().expect("a client")
}

/// An application that says who asked, and which `Remote-*` headers it saw.
fn app(layer: TinyauthLayer) -> Router {
    let hello = async |identity: Option<Extension<Identity>>, headers: HeaderMap| {
        let user = identity.and_then(|Extension(identity)| identity.user);
        let remote: Vec<_> = headers.keys().filter(|name| name.as_str().starts_with("remote-")).collect();
        format!("user {user:?}, headers {remote:?}")
    };
    Router::new().route("/{*path}", any(hello)).layer(layer)
}

async fn ask(app: &Router, request: http::request::Builder) -> (StatusCode, HeaderMap, String) {
    let request: Request<Body> = request.body(Body::empty()).expect("a request");
    let answer: Result<Response<Body>, Infallible> = app.clone().oneshot(request).await;
    let (parts, body) = answer.expect("it cannot fail").into_parts();
    let body = axum::body::to_bytes(body, 1_000_000).await.expect("a body");
    (parts.status, parts.headers, String::from_utf8_lossy(&body).into_owned())
}

fn get() -> http::request::Builder {
    Request::get("/reports?year=2026").header("host", "app.example.com")
}

/// A Tinyauth that answers everybody so.
async fn server(answer: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(path_regex("^/api/auth/")).respond_with(answer).mount(&server).await;
    server
}

fn allowed() -> ResponseTemplate {
    ResponseTemplate::new(200)
        .set_body_json(serde_json::json!({"status": 200, "message": "Authenticated"}))
        .insert_header("remote-user", "alice")
}

async fn asked(server: &MockServer) -> usize {
    server.received_requests().await.expect("requests are kept").len()
}

#[tokio::test]
async fn whoever_is_logged_in_passes_and_the_service_knows_who_it_is() {
    let server = ReferenceServer::tinyauth().start().await.expect("the server starts");
    let tinyauth = tinyauth(server.url());
    let app = app(TinyauthLayer::new(tinyauth.clone()));
    let credentials = Credentials::new("user", "password");
    let Login::Complete(session) = tinyauth.login(&credentials).await.expect("logged in") else {
        panic!("the user has no second factor")
    };
    let cookie = session.export().expect("a cookie");
    let cookie = probity::ExposeSecret::expose_secret(&cookie).to_owned();

    let (status, _, body) = ask(&app, get().header(COOKIE, cookie)).await;
    assert_eq!((status, &*body), (StatusCode::OK, "user Some(\"user\"), headers []"));
    let (status, _, body) = ask(&app, get().header(AUTHORIZATION, "Basic dXNlcjpwYXNzd29yZA==")).await;
    assert_eq!((status, &*body), (StatusCode::OK, "user Some(\"user\"), headers []"));

    let (status, headers, _) = ask(&app, get().header("accept", "application/json")).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    assert!(headers[WWW_AUTHENTICATE].to_str().expect("text").starts_with("Basic "));
    let (status, headers, _) = ask(&app, get().header("accept", BROWSER)).await;
    assert_eq!(status, StatusCode::FOUND);
    let location = headers[LOCATION].to_str().expect("text");
    assert!(location.contains("app.example.com%2Freports%3Fyear%3D2026"), "{location}");
    server.shutdown().await;
}

#[tokio::test]
async fn remote_headers_from_outside_never_reach_the_service() {
    let server = server(allowed()).await;
    let app = app(TinyauthLayer::new(tinyauth(&server.uri())));
    let forged = get().header("Remote-User", "root").header("remote-groups", "admins").header("Remote-X", "1");
    assert_eq!(ask(&app, forged).await.2, "user Some(\"alice\"), headers []");
}

#[tokio::test]
async fn it_fails_closed_whatever_answers_in_tinyauths_place() {
    let odd = [
        ResponseTemplate::new(500),
        ResponseTemplate::new(404),
        ResponseTemplate::new(429),
        ResponseTemplate::new(200).set_body_string("<html>any path is a page</html>"),
        ResponseTemplate::new(200).set_body_string("{}"),
        ResponseTemplate::new(302),
        allowed().append_header("remote-user", "bob"),
    ];
    for answer in odd {
        let server = server(answer).await;
        let app = app(TinyauthLayer::new(tinyauth(&server.uri())));
        let (status, headers, body) = ask(&app, get()).await;
        assert_eq!((status, &*body), (StatusCode::SERVICE_UNAVAILABLE, ""));
        assert_eq!(headers["cache-control"], "no-store");
    }
    let app = app(TinyauthLayer::new(tinyauth("http://127.0.0.1:9")));
    assert_eq!(ask(&app, get()).await.0, StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn who_may_not_is_told_so_by_the_status_that_tinyauth_gave() {
    for status in [401, 403] {
        let answer =
            ResponseTemplate::new(status).set_body_json(serde_json::json!({"status": status, "message": "No"}));
        let server = server(answer).await;
        let app = app(TinyauthLayer::new(tinyauth(&server.uri())));
        assert_eq!(ask(&app, get()).await.0.as_u16(), status);
    }
}

#[tokio::test]
async fn that_a_request_may_pass_is_remembered_for_it_alone() {
    let server = server(allowed()).await;
    let app = app(TinyauthLayer::new(tinyauth(&server.uri())));
    for _ in 0..3 {
        assert_eq!(ask(&app, get().header(COOKIE, "tinyauth-session=a")).await.0, StatusCode::OK);
    }
    assert_eq!(asked(&server).await, 1);
    let others = [
        get().header(COOKIE, "tinyauth-session=b"),
        get(),
        get().header(COOKIE, "tinyauth-session=a").header("accept", BROWSER),
        get().method("POST").header(COOKIE, "tinyauth-session=a"),
        Request::get("/other").header("host", "app.example.com").header(COOKIE, "tinyauth-session=a"),
        Request::get("/reports?year=2026").header("host", "other.example.com").header(COOKIE, "tinyauth-session=a"),
    ];
    for (before, other) in others.into_iter().enumerate() {
        ask(&app, other).await;
        assert_eq!(asked(&server).await, before + 2);
    }
}

#[tokio::test]
async fn a_refusal_is_not_remembered_and_neither_is_anything_when_told_so() {
    let refusing = server(ResponseTemplate::new(401)).await;
    let guarded = app(TinyauthLayer::new(tinyauth(&refusing.uri())));
    let server = server(allowed()).await;
    let asking = app(TinyauthLayer::new(tinyauth(&server.uri())).remember(Duration::ZERO, 1024));
    for _ in 0..3 {
        ask(&guarded, get()).await;
        ask(&asking, get()).await;
    }
    assert_eq!((asked(&refusing).await, asked(&server).await), (3, 3));
}

#[tokio::test]
async fn what_is_remembered_is_bounded() {
    let server = server(allowed()).await;
    let app = app(TinyauthLayer::new(tinyauth(&server.uri())).remember(Duration::from_secs(600), 10));
    for round in 0..2 {
        for number in 0..30 {
            ask(&app, get().header(COOKIE, format!("tinyauth-session={number}"))).await;
        }
        assert_eq!(asked(&server).await, 30 * (round + 1), "30 do not fit into 10");
    }
}

#[tokio::test]
async fn cookies_that_tinyauth_sets_anew_go_along_and_are_not_forgotten_by_memory() {
    let server = server(allowed().insert_header("set-cookie", "tinyauth-session=new; Path=/; HttpOnly")).await;
    let app = app(TinyauthLayer::new(tinyauth(&server.uri())));
    for _ in 0..2 {
        let (_, headers, _) = ask(&app, get()).await;
        assert_eq!(headers[SET_COOKIE], "tinyauth-session=new; Path=/; HttpOnly");
    }
    assert_eq!(asked(&server).await, 2);
}

#[tokio::test]
async fn tinyauth_is_told_what_a_proxy_would_tell_it() {
    let server = server(allowed()).await;
    let layer = TinyauthLayer::new(tinyauth(&server.uri())).scheme("http").proxy(probity::tinyauth::Proxy::Caddy);
    let app = app(layer.client_address(|request| request.headers.get("x-real-ip")?.to_str().ok()?.parse().ok()));
    ask(&app, get().method("DELETE").header("x-real-ip", "203.0.113.7").header("user-agent", "curl/8")).await;
    let request = &server.received_requests().await.expect("requests are kept")[0];
    let told = |name: &str| request.headers[name].to_str().expect("text").to_owned();
    assert_eq!(request.url.path(), "/api/auth/caddy");
    let headers = ["proto", "host", "uri", "method", "for"].map(|name| told(&format!("x-forwarded-{name}")));
    assert_eq!(headers, ["http", "app.example.com", "/reports?year=2026", "DELETE", "203.0.113.7"]);
    assert_eq!(told("user-agent"), "curl/8");
}

#[tokio::test]
async fn a_request_without_a_host_is_a_bad_one() {
    let server = server(allowed()).await;
    let app = app(TinyauthLayer::new(tinyauth(&server.uri())));
    assert_eq!(ask(&app, Request::get("/reports")).await.0, StatusCode::BAD_REQUEST);
    assert_eq!(asked(&server).await, 0);
}

#[test]
fn no_secret_is_shown() {
    let layer = TinyauthLayer::new(tinyauth("http://127.0.0.1:9"));
    let text = format!("{layer:?}");
    assert!(text.contains("Gate") && !text.contains("keys"), "{text}");
}
