//! Page views that are recorded as an application answers.

use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::MatchedPath;
use axum::response::Html;
use axum::routing::get;
use http::{Request, StatusCode};
use probity::umami::{Tracker, Umami, UmamiLayer};
use serde_json::{Value, json};
use tower::ServiceExt as _;
use wiremock::matchers::method;
use wiremock::{Mock, MockServer, ResponseTemplate};

const BROWSER: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0";

struct Site {
    server: MockServer,
    tracker: Tracker,
    app: Router,
}

impl Site {
    async fn new(set: impl FnOnce(UmamiLayer) -> UmamiLayer) -> Self {
        let server = MockServer::start().await;
        let receipt = json!({"size": 1, "processed": 1, "errors": 0, "details": [], "cache": "c", "sessionId": "s", "visitId": "v"});
        Mock::given(method("POST"))
            .respond_with(ResponseTemplate::new(200).set_body_json(receipt))
            .mount(&server)
            .await;
        let umami = Umami::new(&server.uri()).expect("a client");
        let tracker = umami.tracker().batch(1).start().expect("a runtime");
        let page = async || Html("<h1>page</h1>");
        let app = Router::new()
            .route("/articles/{id}", get(page).post(page))
            .route("/data", get(async || "{}"))
            .route("/broken", get(async || (StatusCode::INTERNAL_SERVER_ERROR, Html("<h1>broken</h1>"))))
            .layer(set(UmamiLayer::new(tracker.clone(), "cd33a605-d785-42a1-9365-d6cad3b7befd")));
        Self { server, tracker, app }
    }

    async fn ask(&self, request: http::request::Builder) -> StatusCode {
        let request = request.body(Body::empty()).expect("a request");
        self.app.clone().oneshot(request).await.expect("it cannot fail").status()
    }

    /// The payloads of what was recorded.
    async fn views(&self) -> Vec<Value> {
        assert!(self.tracker.flush(Duration::from_secs(60)).await);
        let requests = self.server.received_requests().await.expect("requests are kept");
        requests
            .iter()
            .map(|request| serde_json::from_slice::<Value>(&request.body).expect("JSON")["payload"].clone())
            .collect()
    }
}

fn page() -> http::request::Builder {
    Request::get("/articles/7?from=news").header("host", "shop.example").header("user-agent", BROWSER)
}

#[tokio::test]
async fn a_page_that_is_answered_is_a_view_of_its_visitor() {
    let site = Site::new(|layer| layer).await;
    let request =
        page().header("accept-language", "de-AT,de;q=0.9,en;q=0.5").header("referer", "https://search.example/?q=shop");
    assert_eq!(site.ask(request).await, StatusCode::OK);
    let views = site.views().await;
    assert_eq!(views.len(), 1);
    let said = ["website", "url", "hostname", "userAgent", "language", "referrer"].map(|name| views[0][name].clone());
    let expected = [
        "cd33a605-d785-42a1-9365-d6cad3b7befd",
        "/articles/7?from=news",
        "shop.example",
        BROWSER,
        "de-AT",
        "https://search.example/?q=shop",
    ];
    assert_eq!(said, expected.map(Value::from));
    assert_eq!((&views[0]["ip"], &views[0]["name"]), (&Value::Null, &Value::Null));
}

#[tokio::test]
async fn what_is_no_page_is_no_view() {
    let site = Site::new(|layer| layer).await;
    let request = |path| Request::get(path).header("host", "shop.example").header("user-agent", BROWSER);
    assert_eq!(site.ask(request("/data")).await, StatusCode::OK);
    assert_eq!(site.ask(request("/broken")).await, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(site.ask(request("/missing")).await, StatusCode::NOT_FOUND);
    assert_eq!(site.ask(page().method("POST")).await, StatusCode::OK);
    assert_eq!(site.ask(page().header("sec-purpose", "prefetch;prerender")).await, StatusCode::OK);
    assert_eq!(site.ask(page().header("sec-fetch-dest", "iframe")).await, StatusCode::OK);
    assert_eq!(site.views().await, Vec::<Value>::new());
    assert_eq!(site.ask(page().header("sec-fetch-dest", "document")).await, StatusCode::OK);
    assert_eq!(site.views().await.len(), 1);
}

#[tokio::test]
async fn the_address_is_the_last_one_of_the_header_that_is_trusted() {
    let site = Site::new(|layer| layer.client_address_in(http::HeaderName::from_static("x-forwarded-for"))).await;
    site.ask(page().header("x-forwarded-for", "198.51.100.1, 203.0.113.7")).await;
    site.ask(page().header("x-forwarded-for", "10.0.0.1").header("x-forwarded-for", "2001:db8::7")).await;
    site.ask(page().header("x-forwarded-for", "unknown")).await;
    let addresses: Vec<_> = site.views().await.iter().map(|view| view["ip"].clone()).collect();
    assert_eq!(addresses, [json!("203.0.113.7"), json!("2001:db8::7"), Value::Null]);
}

#[tokio::test]
async fn pages_may_go_by_the_template_of_their_route() {
    let route =
        |request: &http::request::Parts| request.extensions.get::<MatchedPath>().map(|route| route.as_str().to_owned());
    let site = Site::new(|layer| layer.url(route)).await;
    site.ask(page()).await;
    assert_eq!(site.views().await[0]["url"], "/articles/{id}");
}

#[tokio::test]
async fn filters_decide_in_place_of_what_is_usual() {
    let set = |layer: UmamiLayer| layer.requests(|request| request.uri.path() != "/articles/1").responses(|_| true);
    let site = Site::new(set).await;
    site.ask(Request::get("/articles/1").header("host", "shop.example")).await;
    site.ask(Request::get("/missing").header("host", "shop.example")).await;
    let views = site.views().await;
    assert_eq!(views.iter().map(|view| view["url"].clone()).collect::<Vec<_>>(), ["/missing"]);
}

#[tokio::test]
async fn odd_headers_spoil_no_view() {
    let site = Site::new(|layer| layer).await;
    let request = page()
        .header("referer", "https://[half")
        .header("accept-language", "*")
        .header("x-odd", http::HeaderValue::from_bytes(b"\xff").expect("a value"));
    assert_eq!(site.ask(request).await, StatusCode::OK);
    let views = site.views().await;
    assert_eq!((&views[0]["referrer"], &views[0]["language"]), (&Value::Null, &Value::Null));
    assert_eq!(site.tracker.counts().recorded, 1);
}

#[tokio::test]
async fn no_answer_waits_for_umami() {
    let umami = Umami::new("http://127.0.0.1:9").expect("a client");
    let tracker = umami.tracker().start().expect("a runtime");
    let layer = UmamiLayer::new(tracker.clone(), "1");
    let app = Router::new().route("/", get(async || Html("page"))).layer(layer);
    for _ in 0..100 {
        let request = Request::get("/").header("host", "shop.example").body(Body::empty()).expect("a request");
        assert_eq!(app.clone().oneshot(request).await.expect("it cannot fail").status(), StatusCode::OK);
    }
    let counts = tracker.counts();
    assert_eq!((counts.tracked, counts.pending), (100, 100), "nothing was delivered, and nobody waited");
}
