//! What goes over the wire, and that it is what `openapi.yaml` says.

use std::net::{IpAddr, Ipv4Addr};
use std::time::{Duration, UNIX_EPOCH};

use bytes::Bytes;
use insta::assert_snapshot;
use probity::endpoint::Endpoint;
use probity::umami::{
    Access, Active, ApiKey, CreateWebsite, Credentials, DeleteWebsite, Event, Events, Login, Range, SendBatch,
    SendEvent, Stats, Token, Verify, VisitCache, Websites,
};
use probity::{BaseUrl, ConfigurationError, Paged as _, Paging};
use probity_fixtures::umami::{API, operation};
use proptest::prelude::*;
use serde_json::json;

use crate::description::is_described;
use crate::wire::wire;

fn base() -> BaseUrl {
    "https://example.com/umami".parse().expect("a base URL")
}

fn set(paging: &mut Paging) {
    paging.page = Some(2);
    paging.page_size = Some(50);
}

fn websites() -> Websites {
    let mut websites = Websites::default().search("shop & café");
    set(websites.paging());
    websites
}

fn request<E: Endpoint>(endpoint: &E, credential: &E::Credential) -> http::Request<Bytes> {
    endpoint.request(&base(), credential).expect("a request")
}

fn login_request() -> http::Request<Bytes> {
    request(&Login::new(&Credentials::new("admin", "pass\"word")), &())
}

fn verify_request() -> http::Request<Bytes> {
    request(&Verify, &Token::new("TOKEN"))
}

fn websites_request() -> http::Request<Bytes> {
    request(&websites(), &Access::from(Token::new("TOKEN")))
}

/// 10 s and 90 s after the beginning of 1970.
fn range() -> Range {
    Range::between(UNIX_EPOCH + Duration::from_secs(10), UNIX_EPOCH + Duration::from_secs(90))
}

fn full_event() -> Event {
    Event::named("your-website-id", "signup")
        .hostname("example.com")
        .language("en-US")
        .referrer("https://search.example")
        .screen("1920x1080")
        .title("Pricing")
        .url("/pricing?utm_source=news")
        .data(json!({"plan": "pro", "seats": 3, "tags": ["a"]}))
        .tag("b")
        .distinct_id("customer-7")
        .user_agent("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0")
        .ip(IpAddr::V4(Ipv4Addr::new(203, 0, 113, 7)))
        .time(UNIX_EPOCH + Duration::from_millis(1_600_000_000_900))
}

fn send_request() -> http::Request<Bytes> {
    request(&SendEvent::new(&full_event()).cache(&VisitCache::new("CACHE")), &())
}

fn batch_request() -> http::Request<Bytes> {
    request(&SendBatch::new(&[full_event(), Event::page_view("your-website-id")]), &())
}

fn with_token<E: Endpoint<Credential = Access>>(endpoint: &E) -> http::Request<Bytes> {
    request(endpoint, &Access::from(Token::new("TOKEN")))
}

fn events_request() -> http::Request<Bytes> {
    let mut events = Events::new("a/b", range()).search("shop & café");
    set(events.paging());
    with_token(&events)
}

#[test]
fn a_login() {
    assert_snapshot!(wire(&login_request()), @r#"
    POST https://example.com/umami/api/auth/login
    accept: application/json
    content-type: application/json

    {"username":"admin","password":"pass\"word"}
    "#);
}

#[test]
fn a_verification() {
    assert_snapshot!(wire(&verify_request()), @r"
    POST https://example.com/umami/api/auth/verify
    accept: application/json
    authorization: Bearer TOKEN
    ");
}

#[test]
fn a_page_of_websites() {
    assert_snapshot!(wire(&websites_request()), @r"
    GET https://example.com/umami/api/websites?page=2&pageSize=50&search=shop+%26+caf%C3%A9
    accept: application/json
    authorization: Bearer TOKEN
    ");
}

#[test]
fn options_that_are_not_set_are_left_out() {
    let request = request(&Websites::default(), &Access::from(Token::new("TOKEN")));
    assert_snapshot!(wire(&request), @r"
    GET https://example.com/umami/api/websites
    accept: application/json
    authorization: Bearer TOKEN
    ");
}

#[test]
fn websites_of_umami_cloud() {
    let request = request(&Websites::default(), &Access::from(ApiKey::new("API-KEY")));
    assert_snapshot!(wire(&request), @r"
    GET https://example.com/umami/v1/websites
    accept: application/json
    x-umami-api-key: API-KEY
    ");
}

#[test]
fn an_event_with_everything() {
    assert_snapshot!(wire(&send_request()), @r#"
    POST https://example.com/umami/api/send
    accept: application/json
    content-type: application/json
    x-umami-cache: CACHE

    {"payload":{"hostname":"example.com","language":"en-US","referrer":"https://search.example","screen":"1920x1080","title":"Pricing","url":"/pricing?utm_source=news","website":"your-website-id","name":"signup","data":{"plan":"pro","seats":3,"tags":["a"]},"tag":"b","id":"customer-7","userAgent":"Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0","ip":"203.0.113.7","timestamp":1600000000},"type":"event"}
    "#);
}

#[test]
fn a_page_view_with_nothing() {
    assert_snapshot!(wire(&request(&SendEvent::new(&Event::page_view("your-website-id")), &())), @r#"
    POST https://example.com/umami/api/send
    accept: application/json
    content-type: application/json

    {"payload":{"website":"your-website-id"},"type":"event"}
    "#);
}

#[test]
fn who_the_visitor_is() {
    let identify = Event::identify("your-website-id").distinct_id("customer-7").data(json!({"plan": "pro"}));
    assert_snapshot!(wire(&request(&SendEvent::new(&identify), &())), @r#"
    POST https://example.com/umami/api/send
    accept: application/json
    content-type: application/json

    {"payload":{"website":"your-website-id","data":{"plan":"pro"},"id":"customer-7"},"type":"identify"}
    "#);
}

#[test]
fn a_batch() {
    let events = [Event::page_view("your-website-id"), Event::named("your-website-id", "signup")];
    assert_snapshot!(wire(&request(&SendBatch::new(&events), &())), @r#"
    POST https://example.com/umami/api/batch
    accept: application/json
    content-type: application/json

    [{"payload":{"website":"your-website-id"},"type":"event"},{"payload":{"website":"your-website-id","name":"signup"},"type":"event"}]
    "#);
}

#[test]
fn a_new_website() {
    assert_snapshot!(wire(&with_token(&CreateWebsite::new("Shop", "shop.example"))), @r#"
    POST https://example.com/umami/api/websites
    accept: application/json
    authorization: Bearer TOKEN
    content-type: application/json

    {"name":"Shop","domain":"shop.example"}
    "#);
}

#[test]
fn the_end_of_a_website() {
    assert_snapshot!(wire(&with_token(&DeleteWebsite::new("a/b"))), @r"
    DELETE https://example.com/umami/api/websites/a%2Fb
    accept: application/json
    authorization: Bearer TOKEN
    ");
}

#[test]
fn the_stats_of_a_website() {
    assert_snapshot!(wire(&with_token(&Stats::new("a/b", range()))), @r"
    GET https://example.com/umami/api/websites/a%2Fb/stats?startAt=10000&endAt=90000
    accept: application/json
    authorization: Bearer TOKEN
    ");
}

#[test]
fn the_stats_of_a_website_on_umami_cloud() {
    let request = request(&Stats::new("a/b", range()), &Access::from(ApiKey::new("API-KEY")));
    assert_snapshot!(wire(&request), @r"
    GET https://example.com/umami/v1/websites/a%2Fb/stats?startAt=10000&endAt=90000
    accept: application/json
    x-umami-api-key: API-KEY
    ");
}

#[test]
fn the_active_visitors_of_a_website() {
    assert_snapshot!(wire(&with_token(&Active::new("a/b"))), @r"
    GET https://example.com/umami/api/websites/a%2Fb/active
    accept: application/json
    authorization: Bearer TOKEN
    ");
}

#[test]
fn a_page_of_events() {
    assert_snapshot!(wire(&events_request()), @r"
    GET https://example.com/umami/api/websites/a%2Fb/events?startAt=10000&endAt=90000&page=2&pageSize=50&search=shop+%26+caf%C3%A9
    accept: application/json
    authorization: Bearer TOKEN
    ");
}

#[test]
fn a_range_runs_forwards_whichever_end_comes_first() {
    let (early, late) = (UNIX_EPOCH + Duration::from_secs(10), UNIX_EPOCH + Duration::from_secs(90));
    assert_eq!(Range::between(late, early), Range::between(early, late));
    assert_eq!(Range::between(UNIX_EPOCH - Duration::from_secs(1), early), Range::between(UNIX_EPOCH, early));
}

#[test]
fn an_id_that_leads_elsewhere_is_refused() {
    for id in ["", ".", "..", ".\t.", "a\n"] {
        let error = Stats::new(id, range()).request(&base(), &Access::from(Token::new("TOKEN"))).expect_err(id);
        assert!(matches!(error, ConfigurationError::Segment(_)), "{id:?}: {error:?}");
    }
}

proptest! {
    #[test]
    fn a_path_prefix_of_any_kind_is_kept(prefix in prop::collection::vec("[A-Za-z0-9~_-][A-Za-z0-9.~_%-]{0,8}", 0..4)) {
        let prefix: String = prefix.iter().map(|segment| format!("/{segment}")).collect();
        let base = format!("https://example.com{prefix}").parse().expect("a base URL");
        let request = Verify.request(&base, &Token::new("TOKEN")).expect("a request");
        prop_assert_eq!(request.uri().path(), format!("{prefix}/api/auth/verify"));
    }

    #[test]
    fn any_text_can_be_searched_for(text in ".{0,40}") {
        let websites = Websites::default().search(&*text);
        let request = request(&websites, &Access::from(Token::new("TOKEN")));
        let query = request.uri().query().expect("a query");
        let sent: Vec<_> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        prop_assert_eq!(sent, [("search".to_owned(), text)]);
    }
}

/// Left to the application: the header is the client's, and the way to filter differs between releases.
const NOT_SENT: [&str; 2] = ["User-Agent", "path"];

#[test]
fn every_request_is_one_that_the_description_has() {
    let requests = [
        (operation::LOGIN, Login::NAME, login_request()),
        (operation::VERIFY, Verify::NAME, verify_request()),
        (operation::WEBSITES, Websites::NAME, websites_request()),
        (operation::CREATE_WEBSITE, CreateWebsite::NAME, with_token(&CreateWebsite::new("Shop", "shop.example"))),
        (operation::DELETE_WEBSITE, DeleteWebsite::NAME, with_token(&DeleteWebsite::new("a/b"))),
        (operation::STATS, Stats::NAME, with_token(&Stats::new("a/b", range()))),
        (operation::ACTIVE, Active::NAME, with_token(&Active::new("a/b"))),
        (operation::EVENTS, Events::NAME, events_request()),
        (operation::SEND, SendEvent::NAME, send_request()),
        (operation::BATCH, SendBatch::NAME, batch_request()),
    ];
    assert_eq!(API.operations.len(), requests.len(), "an operation has no endpoint");
    for (operation, name, request) in requests {
        assert_eq!(operation.id, name);
        is_described(&API, operation, &request, "/umami", &[("{websiteId}", "a%2Fb")], &NOT_SENT);
    }
}
