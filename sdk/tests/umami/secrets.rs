//! No `Debug` form and no error shows a password, a token or an API key.

use std::time::Duration;

use bytes::Bytes;
use probity::endpoint::Endpoint as _;
use probity::umami::{
    Access, Active, ApiKey, Code, CreateWebsite, Credentials, DeleteWebsite, Event, Events, Login, Range, SendBatch,
    SendEvent, Stats, Token, Umami, UmamiCloud, Verify, VisitCache, Websites,
};
use proptest::prelude::*;
use serde_json::json;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::disclosure::{a_secret, shown, shown_by, told};

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
        let answer = json!({"token": secret, "user": {"id": "1", "username": "admin"}}).to_string();
        let logged_in = Login::new(&credentials).read(&http::Response::new(answer.into())).expect("a login");
        let event = Event::page_view("1");
        let answer = json!({"cache": secret, "sessionId": "1", "visitId": "2", "processed": 1, "details": []}).to_string();
        let receipt = SendEvent::new(&event).read(&http::Response::new(answer.clone().into())).expect("a receipt");
        let batch = SendBatch::new(&[]).read(&http::Response::new(answer.into())).expect("a receipt");
        let text = builder + &shown(&[
            &token(), &key(), &Access::from(token()), &Access::from(key()), &credentials, &Login::new(&credentials),
            &logged_in, &umami, &session, &session.websites(), &session.websites().pages(), &cloud, &cloud.websites(),
            &VisitCache::new(&*secret), &receipt, &batch, &session.website("1"), &session.website("1").active(),
            &SendEvent::new(&event).cache(&VisitCache::new(&*secret)),
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
