//! What differs between releases.

use std::time::Duration;

use http::StatusCode;
use probity::ErrorKind;
use probity::endpoint::Endpoint as _;
use probity::tinyauth::{
    Access, App, Authorize, Credentials, Decision, ForwardedRequest, GetApp, GetUser, LoggedIn, PasswordLogin,
    Provider, Refusal,
};
use serde_json::{Value, json};

use crate::answer::{answer, logged_in};

const SESSION: &str = "tinyauth-session-1=abc; Path=/; Max-Age=86400";

#[test]
fn whether_a_code_is_wanted_is_told_in_several_ways() {
    for (told, is_wanted) in [
        (r#", "totpPending": "false""#, false),
        (r#", "totpPending": false"#, false),
        ("", false),
        (r#", "totpPending": "true""#, true),
        (r#", "totpPending": true"#, true),
    ] {
        let login = logged_in(told, &[SESSION]).expect(told);
        assert_eq!(matches!(login, LoggedIn::TotpRequired(_)), is_wanted, "{told}");
    }
}

#[test]
fn an_unreadable_word_on_the_code_is_no_login() {
    for told in ["\"\"", "\"yes\"", "null", "0", "[]", "{}", "\"TRUE\""] {
        let error = logged_in(&format!(", \"totpPending\": {told}"), &[SESSION]).expect_err(told);
        let ErrorKind::Undecodable(undecodable) = error.kind() else { panic!("{told}: {error:?}") };
        assert_eq!(undecodable.path, "totpPending", "{told}");
    }
}

/// The refusal and the wait of a login that is held off so.
fn held_off(message: &str, headers: &[(&str, &str)]) -> (Option<Duration>, Option<Duration>, String) {
    let credentials = Credentials::new("user", "password");
    let body = json!({"status": 429, "message": message}).to_string();
    let error = PasswordLogin::new(&credentials).read(&answer(429, headers, body)).expect_err("held off");
    let Some(Refusal::Locked { wait, .. }) = error.refusal() else { panic!("{error:?}") };
    assert!(!error.is_unauthorized());
    (*wait, error.retry_after(), error.to_string())
}

#[test]
fn the_wait_of_a_lock_is_read_wherever_it_is_told() {
    let seconds = |seconds| Some(Duration::from_secs(seconds));
    let date = ("date", "Sun, 22 Nov 2026 12:44:39 GMT");
    for (message, headers, wait) in [
        ("Too many failed login attempts. Try again in 299 seconds", &[][..], seconds(299)),
        ("Too many failed TOTP attempts. Try again in 1 second", &[], seconds(1)),
        ("Too many failed login attempts. Try again in 299 seconds", &[("retry-after", "7")], seconds(7)),
        ("Too many failed login attempts", &[date, ("x-tinyauth-lock-reset", "2026-11-22T12:49:38Z")], seconds(299)),
        ("Too many failed login attempts", &[date, ("x-tinyauth-lock-reset", "2026-11-22T12:00:00+01:00")], seconds(0)),
        ("Try again in 18446744073709551615 seconds", &[], seconds(86_400)),
        ("Try again in -1 seconds", &[], None),
        ("Try again in a while", &[("x-tinyauth-lock-reset", "soon")], None),
        ("", &[], None),
    ] {
        let (told, retry_after, _) = held_off(message, headers);
        assert_eq!((told, retry_after), (wait, wait), "{message} {headers:?}");
    }
}

#[test]
fn a_lock_tells_how_long_to_wait() {
    let (_, _, told) = held_off("Too many failed login attempts. Try again in 299 seconds", &[]);
    assert_eq!(
        told,
        "tinyauth.login: answered 429 Too Many Requests: too many tries of this user failed; try again in 299 s"
    );
}

fn user(status: u16, body: &Value) -> Result<String, probity::tinyauth::Error> {
    GetUser.read(&answer(status, &[], body.to_string())).map(|user| user.username)
}

fn somebody() -> Value {
    json!({"status": 200, "message": "OK", "isLoggedIn": true, "username": "user", "name": "User",
        "email": "user@example.com", "provider": "username", "oauth": false, "totpPending": "false"})
}

#[test]
fn nobody_logged_in_is_unauthorized_however_it_is_told() {
    let mut nobody = somebody();
    nobody["isLoggedIn"] = false.into();
    let mut pending = somebody();
    pending["totpPending"] = true.into();
    let refusal = json!({"status": 401, "message": "Unauthorized"});
    for (status, body) in
        [(200, &nobody), (401, &nobody), (401, &refusal), (200, &pending), (200, &json!({"isLoggedIn": "false"}))]
    {
        let error = user(status, body).expect_err("nobody");
        assert!(error.is_unauthorized(), "{status} {body}: {error}");
        assert_eq!(error.status().map(|status| status.as_u16()), Some(status));
        assert_eq!(error.refusal(), Some(&Refusal::Unauthorized));
    }
    let error = user(200, &nobody).expect_err("nobody");
    assert_eq!(
        error.to_string(),
        "tinyauth.user: answered 200 OK: nobody is logged in, or name, password or code are wrong"
    );
}

#[test]
fn a_lock_is_told_under_other_statuses_too() {
    let headers = [
        ("date", "Sun, 22 Nov 2026 12:44:39 GMT"),
        ("x-tinyauth-lock-locked", "true"),
        ("x-tinyauth-lock-reset", "2026-11-22T12:49:38Z"),
    ];
    let wait = Some(Duration::from_secs(299));
    let nobody = json!({"status": 401, "message": "Unauthorized", "isLoggedIn": false});
    for status in [200, 401] {
        let error = GetUser.read(&answer(status, &headers, nobody.to_string())).expect_err("locked");
        assert!(matches!(error.refusal(), Some(Refusal::Locked { wait: told, .. }) if *told == wait), "{error:?}");
        assert_eq!(error.retry_after(), wait);
    }
    let request = ForwardedRequest::new("https", "app.example.com", "/");
    let decision = |headers: &[_]| {
        Authorize::new(&request).read(&answer(401, headers, nobody.to_string())).expect("a decision").decision
    };
    assert!(matches!(decision(&headers), Decision::Denied { wait: told, .. } if told == wait));
    assert!(matches!(decision(&[]), Decision::Denied { wait: None, .. }));
    let error = GetUser.read(&answer(401, &[("x-tinyauth-lock-locked", "false")], nobody.to_string()));
    assert_eq!(error.expect_err("nobody").refusal(), Some(&Refusal::Unauthorized));
}

#[test]
fn a_user_is_read_in_text_and_booleans() {
    assert_eq!(user(200, &somebody()).expect("a user"), "user");
    let mut texts = somebody();
    for member in ["isLoggedIn", "oauth"] {
        texts[member] = texts[member].to_string().into();
    }
    assert_eq!(user(200, &texts).expect("a user"), "user");
    for member in ["isLoggedIn", "username", "provider"] {
        let mut less = somebody();
        less.as_object_mut().expect("members").remove(member);
        assert!(matches!(user(200, &less).expect_err(member).kind(), ErrorKind::Undecodable(_)), "{member}");
    }
}

#[test]
fn an_app_of_a_release_before_the_document_is_read() {
    let mut told = json!({"status": 200, "message": "OK", "disableContinue": true, "title": "Tinyauth",
        "genericName": "Generic", "forgotPasswordMessage": ""});
    let app = |told: &Value| -> App { GetApp.read(&answer(200, &[], told.to_string())).expect("an app") };
    let App { domain, oauth_auto_redirect, configured_providers, disable_continue, .. } = app(&told);
    assert_eq!((domain, oauth_auto_redirect, configured_providers, disable_continue), (None, None, vec![], true));
    told["oauthAutoRedirect"] = "github".into();
    assert_eq!(app(&told).oauth_auto_redirect, Some(Provider::Github));
    told["oauthAutoRedirect"] = "pocketid".into();
    assert_eq!(app(&told).oauth_auto_redirect, Some(Provider::Other("pocketid".into())));
}

#[test]
fn a_refusal_of_a_newer_release_tells_where_to_log_in() {
    let request = ForwardedRequest::new("https", "app.example.com", "/");
    let url = "https://auth.example.com/login?login_for=app&redirect_uri=https%3A%2F%2Fapp.example.com%2F";
    let body = json!({"status": 401, "message": "Unauthorized"}).to_string();
    let decision = |location| {
        let answer = answer(401, &[("x-tinyauth-location", location)], body.clone());
        Authorize::new(&request).read(&answer).expect("a decision").decision
    };
    let Decision::Denied { status, location, .. } = decision(url) else { panic!("denied") };
    assert_eq!((status, location.map(String::from).as_deref()), (StatusCode::UNAUTHORIZED, Some(url)));
    for no_page in ["/login", "javascript:alert(1)", ""] {
        assert!(matches!(decision(no_page), Decision::Denied { location: None, .. }), "{no_page}");
    }
    assert!(Authorize::new(&request).secrets(&Access::Anonymous).is_empty());
}

#[test]
fn what_the_document_has_of_an_app_is_held_to_it_and_the_rest_spoils_nothing() {
    let told = json!({"status": 200, "message": "OK", "disableContinue": false, "title": "Tinyauth", "domain": "example.com",
        "genericName": "Generic", "forgotPasswordMessage": "", "oauthAutoRedirect": "none"});
    let app = |member: &str, value: &Value| {
        let mut told = told.clone();
        told[member] = value.clone();
        GetApp.read(&answer(200, &[], told.to_string()))
    };
    for value in [json!(null), json!(5), json!(["generic", 5]), json!({})] {
        assert_eq!(app("configuredProviders", &value).expect("an app").configured_providers, []);
        for member in
            ["domain", "oauthAutoRedirect", "title", "genericName", "forgotPasswordMessage", "disableContinue"]
        {
            let error = app(member, &value).expect_err(member);
            let ErrorKind::Undecodable(undecodable) = error.kind() else { panic!("{member}: {error:?}") };
            assert_eq!(undecodable.path, member, "{value}");
        }
    }
}
