//! The document's own examples are what the endpoints send and read.

use std::time::{Duration, UNIX_EPOCH};

use bytes::Bytes;
use probity::endpoint::Endpoint;
use probity::uptinio::{
    Credentials, GetUser, NetworkMonitors, NewUser, Reason, Refusal, Register, RegisterWithEndpoint, ResendCode,
    SignIn, UserToken, Validate, Validity, VerifyEmail,
};
use probity::{BaseUrl, Error};
use probity_fixtures::uptinio::API;
use serde_json::Value;

fn example(name: &str) -> &'static str {
    API.examples.iter().find(|example| example.name == name).expect(name).json
}

fn sends<E: Endpoint>(endpoint: &E, credential: &E::Credential, name: &str) {
    let base: BaseUrl = "https://app.uptinio.com".parse().expect("a base URL");
    let request = endpoint.request(&base, credential).expect("a request");
    let sent: Value = serde_json::from_slice(request.body()).expect("JSON");
    assert_eq!(sent, serde_json::from_str::<Value>(example(name)).expect("JSON"), "{name}");
}

fn answer(status: u16, name: &str) -> http::Response<Bytes> {
    http::Response::builder().status(status).body(example(name).into()).expect("a response")
}

fn reads<E: Endpoint>(endpoint: &E, name: &str) -> E::Output {
    endpoint.read(&answer(200, name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn refuses<E: Endpoint<Refusal = Refusal>>(endpoint: &E, status: u16, name: &str) -> (Refusal, Error<Refusal>) {
    let Err(error) = endpoint.read(&answer(status, name)) else { panic!("{name} is refused") };
    assert_eq!(error.status().map(|status| status.as_u16()), Some(status), "{name}");
    (error.refusal().unwrap_or_else(|| panic!("{name}: {error}")).clone(), error)
}

fn new_user() -> NewUser {
    NewUser::new("user@example.com", "John Doe", "secure_password123").first_website("https://example.com")
}

fn credentials() -> Credentials {
    Credentials::new("user@example.com", "your_password")
}

#[test]
fn every_example_has_its_test_here() {
    let here = include_str!("examples.rs");
    for example in API.examples {
        assert!(here.contains(&format!("\"{}\"", example.name)), "{} has none", example.name);
    }
}

#[test]
fn requests_are_the_examples() {
    sends(&Register::new(&new_user()), &(), "register-request");
    sends(&RegisterWithEndpoint::new("https://example.com", "user@example.com"), &(), "registerWithEndpoint-request");
    sends(&SignIn::new(&credentials()), &(), "signIn-request");
    sends(&VerifyEmail::new("123456"), &UserToken::new("YOUR_USER_AUTHENTICATION_TOKEN"), "verifyEmail-request");
}

#[test]
fn a_registration_reads_the_example() {
    let registered = reads(&Register::new(&new_user()), "register-response");
    assert_eq!(registered.message.as_deref(), Some("User created successfully"));
    assert_eq!((&*registered.user.email, &*registered.user.name), ("user@example.com", "John Doe"));
    let created = registered.user.created_at.and_then(|created| created.time());
    assert_eq!(created, Some(UNIX_EPOCH + Duration::from_secs(1_704_067_200)));
    assert_eq!(registered.user.updated_at.expect("a moment").as_str(), "2024-01-01T00:00:00Z");
}

#[test]
fn a_registration_with_an_endpoint_reads_the_example() {
    let registered = reads(&RegisterWithEndpoint::new("", ""), "registerWithEndpoint-response");
    assert_eq!((&*registered.user.email, &*registered.user.name), ("user@example.com", "User"));
    assert_eq!(registered.user.created_at, None);
    let monitor = registered.network_monitor;
    assert_eq!((monitor.uuid.as_str(), &*monitor.url), ("NM123456789", "https://example.com"));
}

#[test]
fn a_sign_in_reads_the_example() {
    let signed_in = reads(&SignIn::new(&credentials()), "signIn-response");
    assert_eq!(signed_in.token.expose_secret(), "abc123xyz...");
    assert_eq!((signed_in.user.id.as_str(), signed_in.user.email_verified), ("1", true));
}

#[test]
fn a_validation_reads_the_examples() {
    let Validity::Valid(user) = reads(&Validate, "validate-response") else { panic!("the token is good") };
    assert_eq!((user.id.as_str(), &*user.email, &*user.name), ("1", "user@example.com", "User"));
    for status in [200, 401] {
        let validity = Validate.read(&answer(status, "validate-invalid-401-refusal")).expect("an answer");
        let Validity::Invalid { messages, .. } = validity else { panic!("the token is not good") };
        assert_eq!(messages, ["Invalid or expired token"]);
    }
}

#[test]
fn a_verification_reads_the_examples() {
    let verify = VerifyEmail::new("123456");
    for (name, message) in [
        ("verifyEmail-response", "Email verified successfully"),
        ("verifyEmail-already-response", "Email is already verified"),
    ] {
        let status = reads(&verify, name);
        assert_eq!((&*status.email, status.email_verified), ("user@example.com", true));
        assert_eq!(status.message.as_deref(), Some(message));
    }
    let (refusal, _) = refuses(&verify, 400, "verifyEmail-400-refusal");
    assert_eq!((refusal.reason, refusal.code.as_deref()), (Reason::CodeRequired, Some("code_required")));
    assert_eq!(refusal.messages(), ["Verification code is required"]);
    let (refusal, error) = refuses(&verify, 422, "verifyEmail-422-refusal");
    assert_eq!(refusal.reason, Reason::InvalidOrExpiredCode);
    assert_eq!(
        error.to_string(),
        "uptinio.verifyEmail: answered 422 Unprocessable Entity: Invalid or expired verification code. Please request a \
         new code. (invalid_or_expired_code)"
    );
}

#[test]
fn another_code_reads_the_examples() {
    assert!(!reads(&ResendCode, "resendCode-response").email_verified);
    assert!(reads(&ResendCode, "resendCode-already-response").email_verified);
    let (refusal, error) = refuses(&ResendCode, 429, "resendCode-429-refusal");
    let Reason::ResendTooSoon { wait, .. } = refusal.reason else { panic!("too soon: {refusal:?}") };
    assert_eq!((wait, error.retry_after()), (Some(Duration::from_secs(45)), wait));
    assert_eq!(refusal.messages(), ["Please wait 45 seconds before requesting a new code"]);
    assert_eq!(refuses(&ResendCode, 500, "resendCode-500-refusal").0.reason, Reason::SendFailed);
}

#[test]
fn a_registration_is_refused_with_all_that_is_wrong() {
    let (refusal, error) = refuses(&Register::new(&new_user()), 422, "register-422-refusal");
    assert_eq!(refusal.reason, Reason::Invalid);
    let [taken, short, blank] = refusal.messages() else { panic!("three messages: {refusal:?}") };
    assert_eq!(
        error.to_string(),
        format!("uptinio.register: answered 422 Unprocessable Entity: {taken}; {short}; {blank}")
    );
    let registration = RegisterWithEndpoint::new("https://example.com", "user@example.com");
    let (refusal, _) = refuses(&registration, 422, "registerWithEndpoint-422-refusal");
    assert_eq!((refusal.reason, refusal.messages()), (Reason::Invalid, &["User already exist".to_owned()][..]));
}

#[test]
fn tokens_are_refused_in_either_form() {
    for (status, name) in
        [(401, "user-invalid-401-refusal"), (401, "user-missing-401-refusal"), (401, "user-banned-401-refusal")]
    {
        let (refusal, error) = refuses(&GetUser::new("1"), status, name);
        assert_eq!(refusal.reason, Reason::Unauthorized);
        assert!(error.is_unauthorized());
    }
    // The document leaves it open whether a ban is 401 or 403.
    let (refusal, error) = refuses(&GetUser::new("1"), 403, "user-banned-401-refusal");
    assert_eq!((refusal.reason, error.is_unauthorized()), (Reason::Forbidden, false));
    let (refusal, error) = refuses(&NetworkMonitors::default(), 401, "networkMonitors-401-refusal");
    assert_eq!((refusal.reason, refusal.messages()), (Reason::Unauthorized, &["Unauthorized".to_owned()][..]));
    assert!(error.is_unauthorized());
}

#[test]
fn too_many_requests_are_refused_with_limit_and_reset_where_the_headers_tell_them() {
    let monitors = NetworkMonitors::default();
    let (refusal, error) = refuses(&monitors, 429, "networkMonitors-429-refusal");
    assert!(matches!(refusal.reason, Reason::RateLimited { limit: None, reset: None, .. }), "{refusal:?}");
    assert_eq!((refusal.code.as_deref(), error.retry_after()), (Some("rate_limit_exceeded"), None));

    let mut limited = answer(429, "networkMonitors-429-refusal");
    for (name, value) in [("x-ratelimit-limit", "100"), ("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "17")] {
        limited.headers_mut().insert(name, http::HeaderValue::from_static(value));
    }
    let error = monitors.read(&limited).expect_err("refused");
    let Some(Reason::RateLimited { limit, reset, .. }) = error.refusal().map(|refusal| refusal.reason) else {
        panic!("too many requests: {error}")
    };
    assert_eq!((limit, reset), (Some(100), Some(Duration::from_secs(17))));
    assert_eq!((error.retry_after(), error.rate_limit().and_then(|told| told.remaining)), (reset, Some(0)));
}
