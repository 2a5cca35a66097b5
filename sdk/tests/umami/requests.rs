//! What goes over the wire, and that it is what `openapi.yaml` says.

use std::collections::BTreeSet;

use bytes::Bytes;
use insta::assert_snapshot;
use probity::BaseUrl;
use probity::endpoint::Endpoint;
use probity::umami::{Access, ApiKey, Credentials, Login, Token, Verify, Websites};
use probity_fixtures::umami::API;
use proptest::prelude::*;
use serde_json::Value;

fn base() -> BaseUrl {
    "https://example.com/umami".parse().expect("a base URL")
}

fn websites() -> Websites {
    let mut websites = Websites::default();
    websites.page = Some(2);
    websites.page_size = Some(50);
    websites.search = Some("shop & café".into());
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

fn wire(request: &http::Request<Bytes>) -> String {
    let mut text = format!("{} {}\n", request.method(), request.uri());
    for (name, value) in request.headers() {
        text += &format!("{name}: {}\n", value.to_str().expect("text"));
    }
    text + "\n" + std::str::from_utf8(request.body()).expect("text")
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
        let mut websites = Websites::default();
        websites.search = Some(text.clone());
        let request = request(&websites, &Access::from(Token::new("TOKEN")));
        let query = request.uri().query().expect("a query");
        let sent: Vec<_> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        prop_assert_eq!(sent, [("search".to_owned(), text)]);
    }
}

#[test]
fn every_request_is_one_that_the_description_has() {
    is_described("login", Login::NAME, &login_request());
    is_described("verify", Verify::NAME, &verify_request());
    is_described("websites", Websites::NAME, &websites_request());
    assert_eq!(API.operations.len(), 3, "an operation has no endpoint");
}

fn is_described(id: &str, name: &str, request: &http::Request<Bytes>) {
    let openapi: Value = serde_json::from_str(API.openapi).expect("JSON");
    let path = request.uri().path().strip_prefix("/umami").expect("the prefix is kept");
    let operation = &openapi["paths"][path][request.method().as_str().to_lowercase()];
    assert_eq!(operation["operationId"], id);
    assert_eq!(name, format!("{}.{id}", API.name));

    let has_token = request.headers().contains_key("authorization");
    assert_eq!(has_token, !operation["security"].as_array().expect("security").is_empty(), "{name}");

    let described = operation["parameters"].as_array().into_iter().flatten();
    let described: BTreeSet<_> = described.filter_map(|parameter| parameter["name"].as_str()).collect();
    let query = request.uri().query().unwrap_or_default();
    let sent = query.split('&').filter_map(|pair| pair.split_once('=')).map(|(name, _)| name);
    assert_eq!(sent.collect::<BTreeSet<_>>(), described, "{name}");

    let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
    let schema = match schema["$ref"].as_str() {
        Some(reference) => openapi.pointer(reference.trim_start_matches('#')).expect(reference),
        None => schema,
    };
    let body: Value = serde_json::from_slice(request.body()).unwrap_or(Value::Null);
    let members = |value: &Value| value.as_object().into_iter().flatten().map(|(name, _)| name.clone()).collect();
    let (sent, described): (BTreeSet<_>, BTreeSet<_>) = (members(&body), members(&schema["properties"]));
    assert_eq!(sent, described, "{name}");
}
