//! The identity provider, by itself.

use crate::wire::{Answer, Request};
use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use probity_server::identity::{Client, IdentityProvider, Person, Seed};
use probity_server::{Clock, ReferenceServer};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use std::time::Duration;
use url::{Url, form_urlencoded};

const CALLBACK: &str = "http://127.0.0.1:8080/callback?own=1";
/// RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

async fn provider() -> IdentityProvider {
    let mut seed = Seed::default();
    seed.clients[0].redirect_uris.push("https://app.example.com/callback".to_owned());
    let other = Client { id: "other".to_owned(), secret: "other-secret".into(), redirect_uris: Vec::new() };
    seed.clients.push(other);
    ReferenceServer::identity_provider().seed(seed).clock(Clock::standing()).start().await.expect("a free port")
}

fn form(parameters: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish()
}

/// The parameters with one of another value; without a value it is left out.
fn changed<'a>(parameters: &[(&'a str, &'a str)], name: &'a str, value: &'a str) -> Vec<(&'a str, &'a str)> {
    let others = parameters.iter().copied().filter(|(named, _)| *named != name);
    others.chain([(name, value)].into_iter().filter(|(_, value)| !value.is_empty())).collect()
}

const ASKED: [(&str, &str); 8] = [
    ("client_id", "probity"),
    ("redirect_uri", CALLBACK),
    ("response_type", "code"),
    ("scope", "openid email"),
    ("state", "a state"),
    ("nonce", "a nonce"),
    ("code_challenge", CHALLENGE),
    ("code_challenge_method", "S256"),
];

async fn authorize(provider: &IdentityProvider, parameters: &[(&str, &str)]) -> Answer {
    Request::new("GET", format!("/authorize?{}", form(parameters))).send(provider.url()).await
}

/// What stands in the query of the address that a browser is sent to.
fn returned(answer: &Answer, name: &str) -> Option<String> {
    let url = Url::parse(answer.header("Location")?).expect("an address");
    url.query_pairs().find(|(named, _)| named == name).map(|(_, value)| value.into_owned())
}

async fn code(provider: &IdentityProvider) -> String {
    returned(&authorize(provider, &ASKED).await, "code").expect("a code")
}

fn granted(code: &str) -> [(&str, &str); 6] {
    [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
        ("client_id", "probity"),
        ("client_secret", "probity-secret"),
    ]
}

async fn token(provider: &IdentityProvider, parameters: &[(&str, &str)]) -> Answer {
    Request::new("POST", "/token").body(form(parameters)).send(provider.url()).await
}

#[tokio::test]
async fn it_says_what_it_can_and_where() {
    let provider = provider().await;
    let said = Request::new("GET", "/.well-known/openid-configuration").send(provider.url()).await.json();
    assert_eq!(said["issuer"], provider.url());
    for (name, path) in [("authorization_endpoint", "/authorize"), ("token_endpoint", "/token"), ("jwks_uri", "/jwks")]
    {
        assert_eq!(said[name], format!("{}{path}", provider.url()));
    }
}

#[tokio::test]
async fn it_approves_at_once_and_hands_the_state_back() {
    let provider = provider().await;
    let answer = authorize(&provider, &ASKED).await;
    assert_eq!(answer.status, 302);
    assert!(answer.header("Location").expect("a location").starts_with(CALLBACK));
    assert_eq!(returned(&answer, "state").as_deref(), Some("a state"));
    assert_eq!(returned(&answer, "code").expect("a code").len(), 43);
}

#[tokio::test]
async fn who_may_not_be_returned_to_is_not() {
    let provider = provider().await;
    let wrong = [
        ("client_id", "nobody"),
        ("client_id", ""),
        ("redirect_uri", ""),
        ("redirect_uri", "https://evil.test/callback"),
        ("redirect_uri", "https://app.example.com/callback/more"),
        ("redirect_uri", "http://127.0.0.1.evil.test/"),
        ("redirect_uri", "http://user@127.0.0.1/"),
        ("redirect_uri", "javascript:alert(1)"),
    ];
    for (name, value) in wrong {
        let answer = authorize(&provider, &changed(&ASKED, name, value)).await;
        assert_eq!((answer.status, answer.header("Location")), (400, None), "{name}={value}");
        assert_eq!(answer.json()["error"], "invalid_request");
    }
    for uri in ["https://app.example.com/callback", "http://localhost/", "http://[::1]:1/x"] {
        assert_eq!(authorize(&provider, &changed(&ASKED, "redirect_uri", uri)).await.status, 302, "{uri}");
    }
}

#[tokio::test]
async fn what_it_cannot_do_is_told_where_the_client_wants_it() {
    let provider = provider().await;
    let wrong = [
        ("response_type", "token", "unsupported_response_type"),
        ("response_type", "", "unsupported_response_type"),
        ("code_challenge_method", "S512", "invalid_request"),
        ("login_hint", "nobody@corp.test", "access_denied"),
    ];
    for (name, value, error) in wrong {
        let answer = authorize(&provider, &changed(&ASKED, name, value)).await;
        assert_eq!(returned(&answer, "error").as_deref(), Some(error), "{name}={value}");
        assert_eq!((returned(&answer, "code"), returned(&answer, "state").as_deref()), (None, Some("a state")));
    }
}

#[tokio::test]
async fn a_code_is_exchanged_for_a_token_that_tells_who_logged_in() {
    let provider = provider().await;
    let answer = token(&provider, &granted(&code(&provider).await)).await;
    assert_eq!((answer.status, answer.header("Cache-Control")), (200, Some("no-store")));
    let granted = answer.json();
    assert_eq!((&granted["token_type"], &granted["expires_in"]), (&json!("Bearer"), &json!(3600)));
    let bearer = format!("Bearer {}", granted["access_token"].as_str().expect("a text"));
    let userinfo = Request::new("GET", "/userinfo").header("Authorization", &bearer);
    let claims = userinfo.send(provider.url()).await.json();
    assert_eq!((&claims["sub"], &claims["email"]), (&json!("1001"), &json!("alice@corp.test")));
    assert_eq!(claims["groups"], json!(["users", "admins"]));
    provider.clock().advance(Duration::from_secs(3600));
    assert_eq!(userinfo.send(provider.url()).await.status, 401);
}

#[tokio::test]
async fn the_client_proves_itself_by_basic_as_well() {
    let provider = provider().await;
    let code = code(&provider).await;
    let without: Vec<_> = granted(&code).into_iter().filter(|(name, _)| !name.starts_with("client_")).collect();
    for (pair, status) in [("probity:wrong", 401), ("other:other-secret", 400), ("probity:probity%2Dsecret", 400)] {
        let basic = format!("Basic {}", BASE64_STANDARD.encode(pair));
        let request = Request::new("POST", "/token").header("Authorization", basic).body(form(&without));
        // The other client has used the code up, for everybody.
        assert_eq!(request.send(provider.url()).await.status, status, "{pair}");
    }
    let fresh = self::code(&provider).await;
    let basic = format!("Basic {}", BASE64_STANDARD.encode("probity:probity%2Dsecret"));
    let request = Request::new("POST", "/token").header("Authorization", basic);
    let request = request.body(form(&changed(&without, "code", &fresh)));
    assert_eq!(request.send(provider.url()).await.status, 200);
}

#[tokio::test]
async fn a_code_counts_once_for_a_minute_and_for_whom_it_is() {
    let provider = provider().await;
    let used = code(&provider).await;
    assert_eq!(token(&provider, &granted(&used)).await.status, 200);
    assert_eq!(token(&provider, &granted(&used)).await.json()["error"], "invalid_grant");
    let late = code(&provider).await;
    provider.clock().advance(Duration::from_secs(60));
    assert_eq!(token(&provider, &granted(&late)).await.json()["error"], "invalid_grant");
    let wrong = [
        ("code", "nonsense", "invalid_grant"),
        ("redirect_uri", "http://127.0.0.1/", "invalid_grant"),
        ("redirect_uri", "", "invalid_grant"),
        ("code_verifier", "nonsense", "invalid_grant"),
        ("code_verifier", "", "invalid_grant"),
        ("client_secret", "wrong", "invalid_client"),
        ("grant_type", "password", "unsupported_grant_type"),
    ];
    for (name, value, error) in wrong {
        let code = code(&provider).await;
        let answer = token(&provider, &changed(&granted(&code), name, value)).await;
        assert_eq!(answer.json()["error"], error, "{name}={value}");
    }
}

#[tokio::test]
async fn a_challenge_may_be_plain_or_missing() {
    let provider = provider().await;
    let plain = changed(&changed(&ASKED, "code_challenge_method", "plain"), "code_challenge", VERIFIER);
    let none = changed(&changed(&ASKED, "code_challenge_method", ""), "code_challenge", "");
    let code = async |asked| returned(&authorize(&provider, asked).await, "code").expect("a code");
    assert_eq!(token(&provider, &granted(&code(&plain).await)).await.status, 200);
    assert_eq!(token(&provider, &changed(&granted(&code(&none).await), "code_verifier", "")).await.status, 200);
    // A verifier without a challenge: somebody took the challenge away.
    assert_eq!(token(&provider, &granted(&code(&none).await)).await.json()["error"], "invalid_grant");
}

/// The claims of a token, if it is one of the provider's for that audience.
async fn verified(
    provider: &IdentityProvider,
    token: &str,
    audience: &str,
) -> Result<Value, jsonwebtoken::errors::Error> {
    let keys = Request::new("GET", "/jwks").send(provider.url()).await.json();
    let kid = decode_header(token)?.kid;
    let keys = keys["keys"].as_array().expect("keys");
    let key = keys.iter().find(|key| key["kid"].as_str() == kid.as_deref()).expect("the key");
    let number = |name: &str| key[name].as_str().expect("a number");
    let mut validation = Validation::new(Algorithm::RS256);
    validation.set_audience(&[audience]);
    validation.set_issuer(&[provider.url()]);
    let key = DecodingKey::from_rsa_components(number("n"), number("e"))?;
    decode(token, &key, &validation).map(|token| token.claims)
}

#[tokio::test]
async fn the_id_token_is_signed_by_the_key_that_is_told() {
    let provider = provider().await;
    let granted = token(&provider, &granted(&code(&provider).await)).await.json();
    let claims =
        verified(&provider, granted["id_token"].as_str().expect("a token"), "probity").await.expect("in order");
    assert_eq!((&claims["nonce"], &claims["sub"]), (&json!("a nonce"), &json!("1001")));
    assert_eq!((&claims["email"], &claims["email_verified"]), (&json!("alice@corp.test"), &json!(true)));
    let asked = changed(&ASKED, "scope", "email");
    let code = returned(&authorize(&provider, &asked).await, "code").expect("a code");
    assert!(token(&provider, &self::granted(&code)).await.json().get("id_token").is_none());
}

#[tokio::test]
async fn id_tokens_are_made_without_a_login_and_with_what_a_test_wants_wrong() {
    let provider = provider().await;
    let person = Person::new("7", "zoe@corp.test", "Zoë");
    let token = || provider.id_tokens().of(&person, "my-app");
    let verified = async |token: &str| verified(&provider, token, "my-app").await;
    let claims = verified(token().sign().expose_secret()).await.expect("in order");
    assert_eq!((&claims["sub"], &claims["name"]), (&json!("7"), &json!("Zoë")));
    let wrong = [
        token().claim("exp", 0),
        token().without("exp"),
        token().claim("aud", "another-app"),
        token().claim("iss", "https://evil.test"),
        token().by_another_key(),
    ];
    for token in wrong {
        assert!(verified(token.sign().expose_secret()).await.is_err(), "{token:?}");
    }
    let signed = token().sign();
    let (head, signature) = signed.expose_secret().rsplit_once('.').expect("a JWT");
    let unsigned = format!("{}.", head.replacen(head.split('.').next().expect("a header"), &none(), 1));
    assert!(verified(&unsigned).await.is_err() && !signature.is_empty());
}

/// The header of an unsecured JWT (RFC 7519, section 6).
fn none() -> String {
    BASE64_URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"JWT"}"#)
}

#[tokio::test]
async fn no_secret_is_shown() {
    let provider = provider().await;
    let shown = format!("{provider:?} {:?}", provider.id_tokens().of(&provider.seed().people[0], "my-app"));
    assert!(!shown.contains("secret:\"") && !shown.contains("probity-secret"), "{shown}");
}
