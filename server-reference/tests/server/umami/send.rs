//! POST /api/send

use super::*;

pub(super) const CHROME: &str =
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36";
const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";

/// A browser's send of a body.
fn sent(body: Value) -> Request {
    sent_by(CHROME, body)
}

fn sent_by(user_agent: &str, body: Value) -> Request {
    unnamed(body).header("User-Agent", user_agent)
}

/// A send without a User-Agent.
fn unnamed(body: Value) -> Request {
    Request::new("POST", operation::SEND.path).body(body.to_string())
}

fn event(payload: Value) -> Value {
    json!({"type": "event", "payload": payload})
}

/// A page view of the shop.
pub(super) fn page_view() -> Value {
    event(json!({"website": SHOP, "url": "/pricing?plan=pro", "hostname": "shop.example", "title": "Pricing"}))
}

/// A page view of the shop, with a member that it does not have or has otherwise.
fn page_view_with(member: &str, value: impl Into<Value>) -> Value {
    let mut page_view = page_view();
    page_view["payload"][member] = value.into();
    page_view
}

fn signup() -> Value {
    page_view_with("name", "signup")
}

async fn kept(server: &RunningServer, website: &str) -> Vec<Value> {
    let answer = as_user(server, alice(), events_of(website)).await.json();
    answer["data"].as_array().expect("a list").clone()
}

#[tokio::test]
async fn an_event_is_registered_without_a_token_and_told_at_once() {
    let server = server([]).await;
    let answer = sent(page_view()).send(server.url()).await;
    assert_eq!(answer.status, 200);
    for member in ["cache", "sessionId", "visitId"] {
        assert!(answer.json()[member].is_string(), "{member}");
    }
    let kept = kept(&server, SHOP).await;
    assert_eq!(kept.len(), 1);
    assert_eq!(kept[0]["websiteId"], SHOP);
    assert_eq!(kept[0]["sessionId"], answer.json()["sessionId"]);
    assert_eq!(kept[0]["urlPath"], "/pricing");
    assert_eq!(kept[0]["urlQuery"], "plan=pro");
    assert_eq!(kept[0]["hostname"], "shop.example");
    assert_eq!(kept[0]["pageTitle"], "Pricing");
    assert_eq!((&kept[0]["eventType"], &kept[0]["eventName"]), (&json!(1), &Value::Null));
}

#[tokio::test]
async fn a_name_makes_an_event_of_a_page_view() {
    let server = server([]).await;
    let named = page_view_with("name", "signup");
    let mut with_data = named.clone();
    with_data["payload"]["data"] = json!({"plan": "pro", "n": [1, {"deep": null}]});
    for body in [&named, &with_data] {
        assert_eq!(sent(body.clone()).send(server.url()).await.status, 200);
    }
    let kept = kept(&server, SHOP).await;
    assert_eq!(
        (&kept[0]["eventType"], &kept[0]["eventName"], &kept[0]["hasData"]),
        (&json!(2), &json!("signup"), &json!(true))
    );
    assert_eq!(kept[1]["hasData"], false);
}

#[tokio::test]
async fn the_other_types_are_taken_and_are_no_events() {
    let server = server([]).await;
    for kind in ["identify", "performance"] {
        let body = json!({"type": kind, "payload": {"website": SHOP, "id": "u-1", "data": {"name": "Bob"}}});
        assert!(sent(body).send(server.url()).await.json()["sessionId"].is_string(), "{kind}");
    }
    assert!(kept(&server, SHOP).await.is_empty());
}

#[tokio::test]
async fn any_authorization_header_is_as_good_as_none() {
    let server = server([]).await;
    for authorization in ["Bearer garbage", "garbage", ""] {
        let send = sent(page_view()).header("Authorization", authorization);
        assert_eq!(send.send(server.url()).await.status, 200, "{authorization:?}");
    }
    assert_eq!(kept(&server, SHOP).await.len(), 3);
}

#[tokio::test]
async fn a_website_alone_is_enough_and_further_members_do_not_matter() {
    let server = server([]).await;
    for payload in [json!({"website": SHOP}), json!({"website": SHOP, "link": "x", "browser": {}, "extra": [1]})] {
        assert_eq!(sent(event(payload)).send(server.url()).await.status, 200);
    }
    assert_eq!(kept(&server, SHOP).await[0]["urlPath"], "");
}

#[tokio::test]
async fn a_byte_order_mark_and_the_label_of_a_body_do_not_matter() {
    let server = server([]).await;
    let with_mark = Request { body: format!("\u{feff}{}", page_view()), ..sent(page_view()) };
    assert_eq!(with_mark.header("Content-Type", "text/plain").send(server.url()).await.status, 200);
}

#[tokio::test]
async fn what_is_no_browser_is_answered_and_not_kept() {
    let server = server([]).await;
    let bot = page_view_with("userAgent", "Googlebot/2.1");
    for request in [sent_by("curl/8.5.0", page_view()), sent_by("", page_view()), unnamed(page_view()), sent(bot)] {
        let answer = request.send(server.url()).await;
        assert_eq!((answer.status, answer.json()), (200, json!({"beep": "boop"})));
    }
    assert!(kept(&server, SHOP).await.is_empty());
    let visitors = page_view_with("userAgent", FIREFOX);
    assert!(sent_by("curl/8.5.0", visitors).send(server.url()).await.json()["sessionId"].is_string());
}

#[tokio::test]
async fn who_takes_browsers_for_bots_lets_in_no_bot() {
    let server = server([Deviation::BrowsersTakenForBots]).await;
    let headless = CHROME.replace("Chrome/", "HeadlessChrome/");
    assert_eq!(sent_by(&headless, page_view()).send(server.url()).await.json(), json!({"beep": "boop"}));
    assert!(sent(page_view()).send(server.url()).await.json()["sessionId"].is_string());
}

#[tokio::test]
async fn a_visitor_is_an_address_and_a_browser_or_who_the_application_says() {
    let server = server([]).await;
    let session = async |request: Request| request.send(server.url()).await.json()["sessionId"].clone();
    let first = session(sent(page_view())).await;
    assert_eq!(session(sent(page_view_with("screen", "800x600"))).await, first);
    assert_ne!(session(sent_by(FIREFOX, page_view())).await, first);
    assert_ne!(session(sent(page_view_with("ip", "203.0.113.1"))).await, first);
    assert_ne!(session(sent(page_view_with("website", BLOG))).await, first);
    let known = session(sent(page_view_with("id", "user-1"))).await;
    assert_ne!(known, first);
    assert_eq!(session(sent_by(FIREFOX, page_view_with("id", "user-1"))).await, known);
}

#[tokio::test]
async fn an_event_may_say_when_it_was() {
    let server = server([]).await;
    for timestamp in [json!(1_587_344_400), json!("1587344400"), json!(1_587_344_400.0)] {
        assert_eq!(sent(page_view_with("timestamp", timestamp)).send(server.url()).await.status, 200);
    }
    for kept in kept(&server, SHOP).await {
        assert_eq!(kept["createdAt"], "2020-04-20T01:00:00.000Z");
    }
}

#[tokio::test]
async fn all_faults_of_an_event_are_told_at_once() {
    let server = server([]).await;
    let payload = json!({
        "website": "nope", "hostname": "h".repeat(101), "language": 5, "referrer": null, "screen": "s".repeat(12),
        "title": [], "url": "http://", "name": "🦀".repeat(26), "data": [], "tag": "t".repeat(51), "id": "i".repeat(51),
        "timestamp": 253_402_300_800_i64,
    });
    let answer = sent(json!({"type": "x", "payload": payload})).send(server.url()).await;
    assert_eq!(answer.status, 400);
    let fault = |text: &str| json!({"errors": [text]});
    let too_big = |most: usize| fault(&format!("Too big: expected string to have <={most} characters"));
    let of_payload = json!({
        "website": fault("Invalid UUID"),
        "hostname": too_big(100),
        "language": fault("Invalid input: expected string, received number"),
        "referrer": fault("Invalid input: expected string, received null"),
        "screen": too_big(11),
        "title": fault("Invalid input: expected string, received array"),
        "url": fault("Invalid URL."),
        "name": too_big(50),
        "data": fault("Invalid input: expected record, received array"),
        "tag": too_big(50),
        "id": too_big(50),
        "timestamp": fault("Too big: expected number to be <=253402300799"),
    });
    let faults = json!({
        "type": fault(r#"Invalid option: expected one of "event"|"identify"|"performance""#),
        "payload": {"errors": [], "properties": of_payload},
    });
    assert_eq!(answer.json(), bad_request(json!({"errors": [], "properties": faults})));
    assert!(kept(&server, SHOP).await.is_empty());
}

#[tokio::test]
async fn an_event_at_its_bounds_is_registered() {
    let server = server([]).await;
    let payload = json!({
        "website": SHOP, "hostname": "bad host name", "language": "l".repeat(35), "screen": "s".repeat(11),
        "title": format!("a\0{}", "t".repeat(600)), "url": format!("/{}", "u".repeat(600)), "name": "🦀".repeat(25),
        "tag": "t".repeat(50), "id": "🦀".repeat(50), "timestamp": 253_402_300_799_i64,
        "data": {"k".repeat(600): "v".repeat(600), "n": 1e300, "nul": "\0"},
    });
    assert_eq!(sent(event(payload)).send(server.url()).await.status, 200);
    let answer = as_user(&server, alice(), of_website(operation::EVENTS, SHOP, "?startAt=0&endAt=1e15")).await.json();
    assert_eq!(answer["data"][0]["createdAt"], "9999-12-31T23:59:59.000Z");
    assert_eq!(answer["data"][0]["urlPath"].as_str().map(str::len), Some(500));
    assert_eq!(answer["data"][0]["pageTitle"].as_str().map(str::len), Some(500));
}

#[tokio::test]
async fn an_event_on_a_website_that_does_not_exist_is_refused_to_bots_too() {
    let server = server([]).await;
    let unknown = page_view_with("website", "00000000-0000-4000-8000-000000000000");
    for request in [sent(unknown.clone()), sent_by("curl/8.5.0", unknown)] {
        let answer = request.send(server.url()).await;
        assert_eq!((answer.status, answer.json()), (400, error("Website not found.", "bad-request", 400)));
    }
}

#[tokio::test]
async fn a_website_that_a_browser_may_send_to_is_on_another_origin() {
    let server = server([]).await;
    let preflight = Request::new("OPTIONS", operation::SEND.path)
        .header("Origin", "https://shop.example")
        .header("Access-Control-Request-Method", "POST")
        .header("Access-Control-Request-Headers", "content-type,x-umami-cache");
    assert_eq!(preflight.send(server.url()).await.header("Access-Control-Allow-Origin"), Some("*"));
    let send = sent(page_view()).header("Origin", "https://shop.example").send(server.url()).await;
    assert_eq!(send.header("Access-Control-Allow-Origin"), Some("*"));
}

fn registered(answer: &Answer) -> bool {
    answer.status == 200 && answer.json()["sessionId"].is_string()
}

fn refused(answer: &Answer) -> bool {
    answer.status == 400
}

fn one(answer: &Answer) -> bool {
    answer.json()["count"] == 1
}

fn none(answer: &Answer) -> bool {
    answer.json()["count"] == 0
}

pub(super) fn deviations() -> Vec<Shown> {
    let wrong_types = ["hostname", "language", "referrer", "screen", "title", "url", "name", "data"];
    let of_wrong_types = wrong_types.into_iter().flat_map(|member| {
        let body = page_view_with(member, 5);
        [
            shown(Deviation::PayloadTypesUnchecked, sent(body.clone()), registered),
            shown(Deviation::PayloadTypesUnchecked, sent(body.clone()), one).seen_in(events_of(SHOP)),
            shown(Deviation::StoresWhatItRefuses, sent(body), one).seen_in(events_of(SHOP)),
        ]
    });
    let mut made_up = page_view();
    made_up["type"] = "pageview".into();
    let mut without_website = page_view();
    without_website["payload"].as_object_mut().expect("an object").remove("website");
    let preflight = Request::new("OPTIONS", operation::SEND.path).header("Origin", "https://shop.example");
    let mut all = vec![
        shown(Deviation::StoresNothing, sent(page_view()), none).seen_in(events_of(SHOP)),
        shown(Deviation::CountsTwice, sent(page_view()), |answer| answer.json()["count"] == 2).seen_in(events_of(SHOP)),
        shown(Deviation::CountsElsewhere, sent(page_view()), one).seen_in(events_of(BLOG)),
        shown(Deviation::CountsForAnother, sent(page_view()), none).seen_in(events_of(SHOP)),
        shown(Deviation::LosesTheName, sent(signup()), |answer| answer.json()["data"][0]["eventName"].is_null())
            .seen_in(events_of(SHOP)),
        shown(Deviation::LosesTheUrl, sent(page_view()), |answer| answer.json()["data"][0]["urlPath"] == "/")
            .seen_in(events_of(SHOP)),
        shown(Deviation::SendNeedsToken, sent(page_view()), |answer| answer.status == 401),
        shown(Deviation::SendMindsToken, sent(page_view()).header("Authorization", "garbage"), |answer| {
            answer.status == 401
        }),
        shown(Deviation::WebsiteNotRequired, sent(without_website.clone()), registered),
        shown(Deviation::AnyWebsite, sent(page_view_with("website", "made-up")), registered),
        shown(
            Deviation::AnyWebsite,
            sent(page_view_with("website", "00000000-0000-4000-8000-000000000000")),
            registered,
        ),
        shown(Deviation::AnyType, sent(made_up.clone()), one).seen_in(events_of(SHOP)),
        shown(Deviation::WebsiteOfAnyType, sent(page_view_with("website", json!([SHOP]))), one)
            .seen_in(events_of(SHOP)),
        shown(Deviation::StoresWhatItRefuses, sent(made_up), one).seen_in(events_of(SHOP)),
        shown(Deviation::StoresWhatItRefuses, sent(without_website), one).seen_in(events_of(SHOP)),
        shown(Deviation::FlatDataOnly, sent(page_view_with("data", json!({"deep": {}}))), refused),
        shown(Deviation::FlatDataOnly, sent(page_view_with("data", json!({"list": []}))), refused),
        shown(Deviation::DataRequired, sent(signup()), refused),
        shown(Deviation::MalformedEventCrashes, sent(json!([])), |answer| answer.status == 500),
        shown(Deviation::MalformedEventCrashes, sent(json!({"type": "event"})), |answer| answer.status == 500),
        shown(Deviation::NoUserAgentRegistered, unnamed(page_view()), one).seen_in(events_of(SHOP)),
        shown(Deviation::NoUserAgentRegistered, sent_by("", page_view()), one).seen_in(events_of(SHOP)),
        shown(Deviation::BotsRegistered, sent_by("curl/8.5.0", page_view()), one).seen_in(events_of(SHOP)),
        shown(Deviation::BrowsersTakenForBots, sent_by(FIREFOX, page_view()), none).seen_in(events_of(SHOP)),
        shown(Deviation::CorsWithoutContentType, preflight.clone(), |answer| {
            answer.header("Access-Control-Allow-Headers") == Some("authorization,accept,x-umami-cache")
        }),
        shown(
            Deviation::CorsForPreflightsAlone,
            sent(page_view()).header("Origin", "https://shop.example"),
            |answer| answer.status == 200 && answer.header("Access-Control-Allow-Origin").is_none(),
        ),
        shown(Deviation::NoCors, preflight, |answer| answer.status == 405),
        shown(Deviation::NoCors, sent(page_view()), |answer| answer.header("Access-Control-Allow-Origin").is_none()),
        shown(Deviation::SendByAnyMethod, Request { method: "PUT", ..sent(page_view()) }, registered),
        shown(Deviation::SendByAnyMethod, Request { method: "PATCH", ..sent(page_view()) }, registered),
        shown(Deviation::SendByAnyMethod, Request::new("GET", operation::SEND.path), |answer| answer.status == 200),
    ];
    all.extend(of_wrong_types);
    all
}
