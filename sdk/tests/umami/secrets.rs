//! No `Debug` form and no error shows a password, a token or an API key.

use std::error::Error as _;
use std::fmt::{Debug, Write as _};

use bytes::Bytes;
use probity::endpoint::Endpoint;
use probity::umami::{Access, ApiKey, Credentials, Login, Refusal, Token, Umami, UmamiCloud, Verify, Websites};
use proptest::prelude::*;
use serde_json::json;

/// Long enough to occur by no chance, and of what passwords, tokens and keys are made.
fn a_secret() -> impl Strategy<Value = String> {
    "[A-Za-z0-9+/=._-]{16,64}"
}

/// All that is shown of these values.
fn shown(values: &[&dyn Debug]) -> String {
    values.iter().fold(String::new(), |mut text, value| {
        let _ = write!(text, "{value:?} {value:#?} ");
        text
    })
}

/// All that the endpoint's error shows for this answer, down to its last cause.
fn error_for<E: Endpoint<Refusal = Refusal>>(endpoint: &E, status: u16, body: String) -> String {
    let response = http::Response::builder().status(status).body(Bytes::from(body)).expect("a response");
    let Err(error) = endpoint.read(&response) else { return String::new() };
    let mut text = format!("{error} {error:?} {error:#?}");
    let mut cause = error.source();
    while let Some(error) = cause {
        let _ = write!(text, "{error} {error:?}");
        cause = error.source();
    }
    text
}

proptest! {
    #[test]
    fn no_public_type_shows_one(secret in a_secret()) {
        let (token, key, password) = (|| Token::new(&*secret), || ApiKey::new(&*secret), &*secret);
        let credentials = Credentials::new("admin", password);
        let umami = Umami::new("http://localhost").expect("a client");
        let session = umami.session(token());
        let cloud = UmamiCloud::builder(key()).base_url("http://localhost");
        let builder = shown(&[&cloud]);
        let cloud = cloud.build().expect("a client");
        let answer = json!({"token": secret, "user": {"id": "1", "username": "admin"}}).to_string();
        let logged_in = Login::new(&credentials).read(&http::Response::new(answer.into())).expect("a login");
        let text = builder + &shown(&[
            &token(), &key(), &Access::from(token()), &Access::from(key()), &credentials, &Login::new(&credentials),
            &logged_in, &umami, &session, &session.websites(), &session.websites().pages(), &cloud, &cloud.websites(),
        ]);
        prop_assert!(!text.contains(&secret), "{text}");
    }

    #[test]
    fn no_error_shows_one_that_came_in_an_answer(secret in a_secret(), status in prop_oneof![Just(200u16), 100u16..1000]) {
        let user = json!({"id": "1", "username": "admin"});
        let credentials = Credentials::new("admin", &*secret);
        for body in [
            json!({"token": secret, "user": null}).to_string(),
            json!({"token": [secret], "user": user}).to_string(),
            json!({"user": secret, "token": secret}).to_string(),
            json!({"id": "1", "username": "admin", "role": "admin", "isAdmin": secret}).to_string(),
            json!({"data": [{"id": "1", "name": "shop", "domain": [secret]}], "count": secret}).to_string(),
            json!(secret).to_string(),
            format!(r#"{{"token": "{secret}", "user": {{"id""#),
            format!(r#"{{"token": "{secret}"#),
            format!("<html>{secret}</html>"),
            secret.clone(),
        ] {
            let text = error_for(&Login::new(&credentials), status, body.clone())
                + &error_for(&Verify, status, body.clone())
                + &error_for(&Websites::default(), status, body);
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
