//! No `Debug` form and no error shows a password, a token or an API key.

use std::collections::BTreeSet;
use std::time::Duration;

use bytes::Bytes;
use probity::endpoint::Endpoint;
use probity::umami::{
    Access, Active, ApiKey, Code, CreateWebsite, Credentials, DeleteWebsite, Event, Events, Login, Range, Receipt,
    Refusal, SendBatch, SendEvent, Stats, TeamId, Token, Umami, UmamiCloud, Verify, VisitCache, Websites,
};
use proptest::prelude::*;
use serde_json::json;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::disclosure::{a_secret, shown, shown_by, told};
use crate::public_types::{public_types, shown_as};

/// Answers that repeat the secret wherever one can stand.
fn answers_with(secret: &str, status: u16) -> Vec<http::Response<Bytes>> {
    let user = json!({"id": "1", "username": "admin"});
    let deep =
        json!({"errors": [secret], "properties": {secret: {"errors": [secret], "items": [{"errors": [secret]}]}}});
    let bodies = [
        json!({"token": secret, "user": null}).to_string(),
        json!({"token": [secret], "user": user}).to_string(),
        json!({"user": secret, "token": secret}).to_string(),
        json!({"id": "1", "username": "admin", "role": "admin", "isAdmin": secret}).to_string(),
        json!({"data": [{"id": "1", "name": "shop", "domain": [secret]}], "count": secret}).to_string(),
        json!(secret).to_string(),
        format!(r#"{{"token": "{secret}", "user": {{"id""#),
        format!(r#"{{"token": "{secret}"#),
        format!("<html>{secret}</html>"),
        secret.to_owned(),
        json!({secret: 1, "user": {secret: secret}}).to_string(),
        json!({"error": {"message": format!("wrong password {secret}"), "code": "bad-request"}}).to_string(),
        json!({"error": {"message": secret, "code": secret, "properties": {"payload": deep, secret: deep}}})
            .to_string(),
        json!({"error": secret}).to_string(),
        json!({"error": [format!("password: {secret}"), secret, format!("{secret}: no")]}).to_string(),
    ];
    let encoded: String = secret.bytes().map(|byte| format!("%{byte:02x}")).collect();
    let headers = [
        ("content-type", format!("text/{secret}")),
        ("content-type", secret.to_owned()),
        ("x-request-id", secret.to_owned()),
        ("retry-after", secret.to_owned()),
        ("location", format!("https://admin:{secret}@h/login")),
        ("location", format!("//{secret}@h/login")),
        ("location", format!("https://h/login/{secret}?{secret}#{secret}")),
        ("location", format!("https://h/{encoded}/login?token={encoded}")),
    ];
    let answer = || http::Response::builder().status(status);
    let in_bodies = bodies.into_iter().map(|body| answer().body(body.into()));
    let in_headers = headers.into_iter().map(|(name, value)| answer().header(name, value).body("no JSON".into()));
    in_bodies.chain(in_headers).map(|answer| answer.expect("a response")).collect()
}

/// What a successful answer reads as.
fn read<E: Endpoint>(endpoint: &E, body: serde_json::Value) -> E::Output {
    endpoint.read(&http::Response::new(body.to_string().into())).unwrap_or_else(|error| panic!("{}: {error}", E::NAME))
}

/// What sends events in the background, where it is built.
#[cfg(feature = "tracker")]
fn in_the_background(cloud: &UmamiCloud) -> Vec<(&'static str, String)> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let _inside = runtime.enter();
    let tracker = cloud.tracker().start().expect("a tracker");
    let list = [shown_as(&cloud.tracker()), shown_as(&tracker), shown_as(&tracker.counts())];
    list.into_iter().chain(layers(&tracker)).collect()
}

#[cfg(not(feature = "tracker"))]
fn in_the_background(_: &UmamiCloud) -> Vec<(&'static str, String)> {
    Vec::new()
}

#[cfg(all(feature = "tower", feature = "tracker"))]
fn layers(tracker: &probity::umami::Tracker) -> Vec<(&'static str, String)> {
    let layer = probity::umami::UmamiLayer::new(tracker.clone(), "1");
    vec![shown_as(&tower::Layer::layer(&layer, ())), shown_as(&layer)]
}

#[cfg(all(not(feature = "tower"), feature = "tracker"))]
fn layers(_: &probity::umami::Tracker) -> Vec<(&'static str, String)> {
    Vec::new()
}

proptest! {
    // Any text is as good as another here, and each goes through some two hundred errors.
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn no_public_type_shows_one(secret in a_secret()) {
        let (token, key, password) = (|| Token::new(&*secret), || ApiKey::new(&*secret), &*secret);
        let credentials = Credentials::new("admin", password);
        let umami = Umami::new("http://localhost").expect("a client");
        let session = umami.session(token());
        let cloud = UmamiCloud::builder(key()).base_url("http://localhost").events_base_url("http://localhost");
        let builder = shown(&[&cloud]);
        let cloud = cloud.build().expect("a client");
        let logged_in =
            read(&Login::new(&credentials), json!({"token": secret, "user": {"id": "1", "username": "admin"}}));
        let verified = read(&Verify, json!({"id": "1", "username": "admin", "role": "admin", "isAdmin": true}));
        let (event, of_visitor) = (Event::page_view("1"), VisitCache::new(&*secret));
        let receipt = read(&SendEvent::new(&event), json!({"cache": secret, "sessionId": "1", "visitId": "2"}));
        let Receipt::Recorded { session: visitor, visit, .. } = &receipt else { panic!("{receipt:?}") };
        let refused = json!({"index": 0, "response": {"error": {"message": "no", "code": "bad-request"}}});
        let batch = read(&SendBatch::new(&[]), json!({"cache": secret, "processed": 1, "details": [refused]}));
        let website = json!({"id": "1", "name": "Shop", "domain": "shop.example", "teamId": "2"});
        let page = json!({"data": [website], "count": 1, "page": 1, "pageSize": 20});
        let websites = read(&Websites::default(), page);
        let range = Range::last(Duration::ZERO);
        let recorded = json!({"id": "1", "urlPath": "/", "eventType": 1});
        let events = json!({"data": [recorded], "count": 1, "page": 1, "pageSize": 20});
        let events = read(&Events::new("1", range), events);
        let counts = json!({"pageviews": 1, "visitors": 1, "visits": 1, "bounces": 0, "totaltime": 0});
        let refusal = json!({"error": {"message": "no", "code": "bad-request", "properties": {"a": {"errors": ["b"]}}}});
        let refusal: Refusal = serde_json::from_value(refusal).expect("a refusal");
        let list = [
            shown_as(&token()), shown_as(&key()), shown_as(&Access::from(token())), shown_as(&credentials),
            shown_as(&Login::new(&credentials)), shown_as(&logged_in), shown_as(&logged_in.user),
            shown_as(&logged_in.user.id), shown_as(&umami), shown_as(&session), shown_as(&cloud), shown_as(&of_visitor),
            shown_as(&event), shown_as(&SendEvent::new(&event).cache(&of_visitor)), shown_as(&receipt),
            shown_as(visitor), shown_as(visit), shown_as(&SendBatch::new(&[])), shown_as(&batch),
            shown_as(&batch.refused[0]), shown_as(&batch.outcome), shown_as(&Verify), shown_as(&verified),
            shown_as(&verified.role), shown_as(&Websites::default()), shown_as(&websites),
            shown_as(&websites.data[0]), shown_as(&websites.data[0].id), shown_as(&TeamId::from("2")),
            shown_as(&session.website("1")), shown_as(&CreateWebsite::new("a", "b")), shown_as(&DeleteWebsite::new("1")),
            shown_as(&range), shown_as(&Stats::new("1", range)), shown_as(&read(&Stats::new("1", range), counts)),
            shown_as(&Active::new("1")), shown_as(&read(&Active::new("1"), json!({"visitors": 1}))),
            shown_as(&Events::new("1", range)), shown_as(&events.data[0]), shown_as(&events.data[0].id),
            shown_as(&events.data[0].kind), shown_as(&refusal), shown_as(&refusal.code), shown_as(&refusal.faults[0]),
        ];
        let list: Vec<_> = list.into_iter().chain(in_the_background(&cloud)).collect();
        let types: BTreeSet<_> = list.iter().map(|(name, _)| *name).collect();
        let has_feature = |feature: &str| {
            (feature != "tower" || cfg!(feature = "tower")) && (feature != "tracker" || cfg!(feature = "tracker"))
        };
        prop_assert_eq!(types, public_types(include_str!("../../src/umami/mod.rs"), has_feature), "a public type is not in the list");
        let text = list.into_iter().fold(builder, |text, (_, shown)| text + &shown) + &shown(&[
            &Access::from(key()), &session.websites(), &session.websites().pages(), &cloud.websites(),
            &session.website("1").active(),
        ]);
        prop_assert!(!text.contains(&secret), "{text}");
    }

    #[test]
    fn no_error_shows_one_that_the_server_repeats(secret in a_secret(), status in prop_oneof![Just(200u16), 100u16..1000]) {
        let credentials = Credentials::new("admin", &*secret);
        let token = Token::new(&*secret);
        let (event, cache) = (Event::page_view("1"), VisitCache::new(&*secret));
        for answer in answers_with(&secret, status) {
            let text = told(&Login::new(&credentials), &(), &answer)
                + &told(&Verify, &token, &answer)
                + &told(&SendEvent::new(&event).cache(&cache), &(), &answer)
                + &told(&Stats::new("1", Range::last(Duration::ZERO)), &token.clone().into(), &answer)
                + &told(&Events::new("1", Range::last(Duration::ZERO)), &token.clone().into(), &answer)
                + &told(&Active::new("1"), &token.clone().into(), &answer)
                + &told(&CreateWebsite::new("a", "b"), &token.clone().into(), &answer)
                + &told(&DeleteWebsite::new("1"), &token.clone().into(), &answer)
                + &told(&Websites::default(), &token.clone().into(), &answer)
                + &told(&Websites::default(), &ApiKey::new(&*secret).into(), &answer);
            prop_assert!(!text.contains(&secret), "{text}");
        }
    }

    #[test]
    fn no_error_shows_one_that_cannot_be_sent(secret in a_secret()) {
        let base = "http://localhost".parse().expect("a base URL");
        let error = Verify.request(&base, &Token::new(format!("{secret}\n"))).expect_err("no header");
        let text = format!("{error} {error:?}");
        prop_assert!(!text.contains(&secret), "{text}");
        let error = Umami::new(&format!("https://admin:{secret}@localhost")).expect_err("no base URL");
        let text = format!("{error} {error:?}");
        prop_assert!(!text.contains(&secret), "{text}");
    }
}

#[test]
fn an_event_shows_nothing_of_the_visitor_and_the_data() {
    let event = Event::named("your-website-id", "signup")
        .distinct_id("customer-7")
        .ip([203, 0, 113, 7].into())
        .user_agent("Mozilla/5.0 (X11; Linux x86_64)")
        .data(json!({"mail": "ada@example.com"}));
    assert_eq!(
        format!("{event:?}"),
        r#"Event { kind: Event, website: WebsiteId("your-website-id"), name: Some("signup"), .. }"#
    );
    let (umami, events) = (Umami::new("http://localhost").expect("a client"), [event.clone()]);
    let text =
        shown(&[&event, &SendEvent::new(&event), &SendBatch::new(&events), &umami.send(&event), &umami.batch(&events)]);
    for hidden in ["customer-7", "203.0.113.7", "X11", "mail", "ada@example.com"] {
        assert!(!text.contains(hidden), "{hidden}: {text}");
    }
}

#[tokio::test]
async fn clients_blank_what_the_server_repeats_out_of_their_errors() {
    let server = MockServer::start().await;
    let body = json!({"error": {"message": "wrong: hunter2secret", "code": "hunter2secret"}});
    Mock::given(any()).respond_with(ResponseTemplate::new(400).set_body_json(body)).mount(&server).await;
    let umami = Umami::new(&server.uri()).expect("a client");
    let session = umami.session(Token::new("hunter2secret"));
    for error in [
        umami.login(&Credentials::new("admin", "hunter2secret")).await.expect_err("rejected"),
        session.verify().await.expect_err("rejected"),
        session.websites().await.expect_err("rejected"),
    ] {
        assert!(error.to_string().ends_with("wrong: (a secret) ((a secret))"), "{error}");
        assert!(!shown_by(&error).contains("hunter2secret"), "{error:?}");
    }
}

#[test]
fn a_password_that_is_a_word_of_umamis_leaves_the_codes_as_they_are() {
    let body = json!({"error": {"message": "Unauthorized", "code": "incorrect-username-password"}}).to_string();
    let answer = http::Response::builder().status(401).body(Bytes::from(body)).expect("a response");
    let credentials = Credentials::new("admin", "password");
    let login = Login::new(&credentials);
    let error = login.read(&answer).expect_err("rejected").concealing(&login.secrets(&()));
    assert_eq!(error.refusal().map(|refusal| &refusal.code), Some(&Code::IncorrectUsernamePassword));
}
