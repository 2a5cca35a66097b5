//! What servers refuse or fail at is refused before anything is sent, and named.

use std::time::{Duration, UNIX_EPOCH};

use probity::endpoint::Endpoint as _;
use probity::umami::{Access, CreateWebsite, Credentials, Event, Login, SendBatch, SendEvent, Token, Websites};
use probity::{ConfigurationError, FieldProblem, InvalidField, LengthUnit, Paged as _};
use proptest::prelude::*;
use serde::Serialize;
use serde_json::{Value, json};

fn check(event: &Event) -> Result<(), InvalidField> {
    let base = "http://localhost".parse().expect("a base URL");
    match SendEvent::new(event).request(&base, &()) {
        Ok(_) => Ok(()),
        Err(ConfigurationError::Field(field)) => Err(field),
        Err(error) => panic!("{error:?}"),
    }
}

fn event() -> Event {
    Event::named("your-website-id", "signup")
}

fn with_data(data: impl Serialize) -> Result<(), InvalidField> {
    check(&event().data(data))
}

/// The field that is refused, and why.
fn refused(checked: Result<(), InvalidField>) -> (String, FieldProblem) {
    let field = checked.expect_err("refused");
    (field.field, field.problem)
}

type Setter = fn(Event, String) -> Event;

/// The setters of bounded texts, with the field, the bound and what it counts.
const BOUNDED: [(Setter, &str, usize, LengthUnit); 6] = [
    (|_, text| Event::named("your-website-id", text), "payload.name", 50, LengthUnit::Utf16),
    (Event::hostname, "payload.hostname", 100, LengthUnit::Utf16),
    (Event::language, "payload.language", 35, LengthUnit::Utf16),
    (Event::screen, "payload.screen", 11, LengthUnit::Utf16),
    (Event::tag, "payload.tag", 50, LengthUnit::Utf16),
    (Event::distinct_id, "payload.id", 50, LengthUnit::Characters),
];

fn length(text: &str, unit: LengthUnit) -> usize {
    match unit {
        LengthUnit::Utf16 => text.encode_utf16().count(),
        _ => text.chars().count(),
    }
}

/// A text of exactly this length: these characters, as far as they fit, and then letters.
fn filled(characters: &[char], most: usize, unit: LengthUnit) -> String {
    let mut text = String::new();
    for character in characters {
        if length(&text, unit) + length(&character.to_string(), unit) <= most {
            text.push(*character);
        }
    }
    let missing = most - length(&text, unit);
    text + &"x".repeat(missing)
}

proptest! {
    #[test]
    fn a_text_may_be_as_long_as_its_bound_and_no_longer(characters in prop::collection::vec(prop_oneof!["[a-zé]", "[中文字]", "[😀🎉🚀]"], 0..110)) {
        let characters: Vec<char> = characters.iter().flat_map(|text| text.chars()).collect();
        for (set, field, most, unit) in BOUNDED {
            // A host has characters of its own; that they are counted in the same way is shown by the others.
            let characters = if field == "payload.hostname" { &[] } else { &characters[..] };
            let text = filled(characters, most, unit);
            prop_assert_eq!(check(&set(event(), text.clone())), Ok(()));
            let problem = FieldProblem::TooLong { length: most + 1, most, unit };
            prop_assert_eq!(refused(check(&set(event(), text + "x"))), (field.to_owned(), problem));
        }
    }

    #[test]
    fn a_number_may_be_as_great_as_servers_store(number in prop::num::f64::NORMAL) {
        prop_assert_eq!(with_data(json!({"n": number})).is_ok(), number.abs() < 1e15);
    }
}

#[test]
fn an_emoji_counts_as_two() {
    assert_eq!(check(&Event::named("1", "🎉".repeat(25))), Ok(()));
    let (field, problem) = refused(check(&Event::named("1", "🎉".repeat(26))));
    assert_eq!(
        (&*field, problem),
        ("payload.name", FieldProblem::TooLong { length: 52, most: 50, unit: LengthUnit::Utf16 })
    );
    let text = check(&Event::named("1", "🎉".repeat(26))).expect_err("refused").to_string();
    assert_eq!(text, "`payload.name` is 52 UTF-16 units long, and servers take 50");
}

#[test]
fn a_name_that_is_empty_would_count_as_a_page_view() {
    assert_eq!(refused(check(&Event::named("1", ""))), ("payload.name".into(), FieldProblem::Empty));
}

#[test]
fn data_are_an_object() {
    #[derive(Serialize)]
    struct Order {
        plan: &'static str,
        seats: u32,
    }
    assert_eq!(with_data(Order { plan: "pro", seats: 3 }), Ok(()));
    assert_eq!(with_data(json!({})), Ok(()));
    for data in [json!(null), json!(true), json!(1), json!("text"), json!([1, 2]), json!([{"a": 1}])] {
        assert_eq!(refused(with_data(data)), ("payload.data".into(), FieldProblem::NotAnObject));
    }
    let keys_that_are_no_texts = std::collections::BTreeMap::from([((1, 2), 3)]);
    let (field, problem) = refused(with_data(keys_that_are_no_texts));
    assert!(field == "payload.data" && matches!(problem, FieldProblem::NotJson(_)), "{problem:?}");
}

#[test]
fn data_are_bounded_by_what_servers_store() {
    let long = |length, most| FieldProblem::TooLong { length, most, unit: LengthUnit::Characters };
    let nested = |value: Value| json!({"a": {"b": value}});
    assert_eq!(with_data(nested(json!("é".repeat(500)))), Ok(()));
    assert_eq!(refused(with_data(nested(json!("é".repeat(501))))), ("payload.data.a.b".into(), long(501, 500)));

    // What is nested is stored under its whole path.
    assert_eq!(with_data(json!({"a": {"k".repeat(498): 1}})), Ok(()));
    let (field, problem) = refused(with_data(json!({"a": {"k".repeat(499): 1}})));
    assert_eq!((field.len(), problem), ("payload.data.".len() + 501, long(501, 500)));

    // An array is stored as its JSON text.
    assert_eq!(with_data(json!({"list": ["x".repeat(496)]})), Ok(()));
    assert_eq!(refused(with_data(json!({"list": ["x".repeat(497)]}))), ("payload.data.list".into(), long(501, 500)));

    assert_eq!(with_data(json!({"n": 999_999_999_999_999_u64, "m": -999_999_999_999_999_i64})), Ok(()));
    assert_eq!(refused(with_data(nested(json!(1e15)))), ("payload.data.a.b".into(), FieldProblem::TooLarge));
    assert_eq!(refused(with_data(json!({"n": u64::MAX}))), ("payload.data.n".into(), FieldProblem::TooLarge));

    assert_eq!(refused(with_data(json!({"k": "a\0b"}))), ("payload.data.k".into(), FieldProblem::Nul));
    assert_eq!(with_data(json!({"revenue": 1, "currency": "TENLETTERS"})), Ok(()));
    let revenue = with_data(json!({"revenue": 1, "currency": "ELEVENLETTE"}));
    assert_eq!(refused(revenue), ("payload.data.currency".into(), long(11, 10)));
}

#[test]
fn what_servers_refuse_or_answer_with_500_is_refused() {
    assert_eq!(refused(check(&event().hostname("bad host name"))), ("payload.hostname".into(), FieldProblem::NotAHost));
    for host in ["", "localhost:3000", "example.com", "[::1]", "bücher.example"] {
        assert_eq!(check(&event().hostname(host)), Ok(()), "{host}");
    }
    assert_eq!(refused(check(&event().title("a\0b"))), ("payload.title".into(), FieldProblem::Nul));
    assert_eq!(check(&event().title("t".repeat(10_000)).url("/".repeat(10_000))), Ok(()));
    let url = |length| event().url(format!("/?a=b&utm_source={}#utm_term", "%C3%A9".repeat(length)));
    assert_eq!(check(&url(255)), Ok(()));
    assert_eq!(refused(check(&url(256))).0, "payload.url.utm_source");
    for address in ["http://", "https://[bad"] {
        assert_eq!(refused(check(&event().url(address))), ("payload.url".into(), FieldProblem::NotAUrl));
        assert_eq!(refused(check(&event().referrer(address))), ("payload.referrer".into(), FieldProblem::NotAUrl));
    }
    for address in ["", "/a b", "pricing?x=%zz", "https://example.com", "android-app://com.example"] {
        assert_eq!(check(&event().url(address).referrer(address)), Ok(()), "{address}");
    }
    let last = UNIX_EPOCH + Duration::from_secs(253_402_300_799);
    assert_eq!(check(&event().time(last)), Ok(()));
    let late = event().time(last + Duration::from_secs(1));
    assert_eq!(refused(check(&late)), ("payload.timestamp".into(), FieldProblem::After9999));
    let early = event().time(UNIX_EPOCH - Duration::from_secs(1));
    assert_eq!(refused(check(&early)), ("payload.timestamp".into(), FieldProblem::Before1970));
}

#[test]
fn in_a_batch_the_event_is_named_too() {
    let base = "http://localhost".parse().expect("a base URL");
    let events = [event(), event(), event().screen("1234567890x12")];
    let error = SendBatch::new(&events).request(&base, &()).expect_err("refused");
    assert_eq!(error.to_string(), "`2.payload.screen` is 13 UTF-16 units long, and servers take 11");
}

#[test]
fn the_name_and_the_domain_of_a_website_are_bounded() {
    let base = "http://localhost".parse().expect("a base URL");
    let access = Access::from(Token::new("TOKEN"));
    let create = |name, domain| CreateWebsite::new("x".repeat(name), "x".repeat(domain)).request(&base, &access);
    assert!(create(100, 500).is_ok());
    assert!(create(101, 500).expect_err("refused").to_string().starts_with("`name` "));
    assert!(create(100, 501).expect_err("refused").to_string().starts_with("`domain` "));
}

#[tokio::test]
async fn nothing_is_sent_of_what_is_refused() {
    let server = wiremock::MockServer::start().await;
    let umami = probity::umami::Umami::new(&server.uri()).expect("a client");
    let error = umami.send(&event().data("no object")).await.expect_err("refused");
    assert_eq!(
        error.to_string(),
        "umami.send: `payload.data` is no JSON object: hand over a map, or a struct with named fields"
    );
    assert_eq!(server.received_requests().await.expect("requests are kept").len(), 0);
}

#[test]
fn a_login_without_a_name_or_a_password_is_never_sent() {
    let base = "http://localhost".parse().expect("a base URL");
    for (username, password, text) in
        [("", "password", "`username` is empty"), ("admin", "", "`password` is empty"), ("", "", "`username` is empty")]
    {
        let error = Login::new(&Credentials::new(username, password)).request(&base, &()).expect_err("refused");
        assert_eq!(error.to_string(), text);
    }
}

#[test]
fn pages_are_counted_from_1() {
    let (base, access) = ("http://localhost".parse().expect("a base URL"), Access::from(Token::new("TOKEN")));
    let mut websites = Websites::default();
    websites.paging().page = Some(0);
    let error = websites.request(&base, &access).expect_err("refused");
    assert_eq!(error.to_string(), "`page` is 0, and servers count from 1");
    (websites.paging().page, websites.paging().page_size) = (Some(1), Some(u32::MAX));
    assert!(websites.request(&base, &access).is_ok(), "how many a page may hold no document tells");
}
