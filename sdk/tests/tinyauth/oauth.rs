//! Logins by a provider.

use probity::endpoint::Endpoint as _;
use probity::tinyauth::{AuthorizationResponse, Error, NotAuthorized, OAuthCallback, OAuthLogin, Refusal, VerifyTotp};
use probity::{ConfigurationError, ErrorKind};
use secrecy::ExposeSecret as _;
use url::Url;

use crate::answer::{answer, confirmation, oauth_login, oauth_login_at};

const SESSION: (&str, &str) = ("set-cookie", "tinyauth-session-1=abc; Path=/; Max-Age=86400; HttpOnly");
const DELETED: (&str, &str) = ("set-cookie", "tinyauth-session-1=; Path=/; Max-Age=0; HttpOnly");

/// The session that a callback gives that is answered so.
fn called_back(status: u16, headers: &[(&str, &str)], body: &str) -> Result<String, Error> {
    called_back_to(&oauth_login(&[]), status, headers, body)
}

fn called_back_to(login: &OAuthLogin, status: u16, headers: &[(&str, &str)], body: &str) -> Result<String, Error> {
    let answered = AuthorizationResponse::new("code");
    let session = OAuthCallback::new(login, &answered).read(&answer(status, headers, body.to_owned()))?;
    Ok(session.export().expose_secret().to_owned())
}

#[test]
fn a_login_is_told_by_an_answer_or_a_redirect_with_a_session() {
    assert_eq!(called_back(200, &[SESSION], &confirmation()).expect("a session"), "tinyauth-session-1=abc");
    for page in [
        "https://auth.example.com",
        "https://auth.example.com/login",
        "https://auth.example.com/continue?redirect_uri=https%3A%2F%2Fapp.example.com%2Ferror",
        "https://app.example.com/a/b",
        "https://error",
        // Pages of others, and pages that are none of Tinyauth's own.
        "https://app.example.com/error",
        "https://app.example.com/prefix/unauthorized",
        "https://auth.example.com/unauthorized",
        "https://auth.example.com/prefix/apps/error",
        "https://auth.example.com:8443/prefix/error",
    ] {
        let session = called_back(307, &[SESSION, ("location", page)], "<a>Temporary Redirect</a>");
        assert_eq!(session.expect(page), "tinyauth-session-1=abc");
    }
}

#[test]
fn a_redirect_to_a_page_that_says_no_is_none_even_with_a_session() {
    for (page, refusal) in [
        ("https://auth.example.com/prefix/error", Refusal::Failed),
        ("https://auth.example.com/prefix/unauthorized?username=bad%40evil.test", Refusal::Forbidden),
        ("/not-found", Refusal::NotFound),
        ("/unauthorized?groupErr=false#a/b", Refusal::Forbidden),
    ] {
        let error = called_back(307, &[SESSION, ("location", page)], "").expect_err(page);
        assert_eq!(error.refusal(), Some(&refusal), "{page}");
        assert_eq!(error.status().map(|status| status.as_u16()), Some(307));
    }
}

#[test]
fn where_the_provider_is_not_told_the_way_back_every_page_may_be_tinyauths() {
    let login = oauth_login_at("https://idp.example/authorize?request_uri=urn:1", &[]);
    let called_back = |page| called_back_to(&login, 307, &[SESSION, ("location", page)], "");
    assert_eq!(called_back("https://sso.example.com/error").expect_err("no login").refusal(), Some(&Refusal::Failed));
    assert_eq!(called_back("https://app.example.com/a").expect("a session"), "tinyauth-session-1=abc");
}

#[test]
fn a_login_that_still_waits_for_a_code_is_no_session() {
    for pending in ["true", "\"true\""] {
        let body = format!(r#"{{"status": 200, "message": "Waiting for totp", "totpPending": {pending}}}"#);
        let error = called_back(200, &[SESSION], &body).expect_err("no login");
        assert!(error.is_unauthorized(), "{error}");
        let error = VerifyTotp::new("123456").read(&answer(200, &[SESSION], body)).expect_err("no login");
        assert!(error.is_unauthorized(), "{error}");
    }
}

#[test]
fn without_a_session_there_is_no_login() {
    for headers in [
        &[("location", "https://auth.example.com")][..],
        &[DELETED, ("location", "https://auth.example.com")],
        &[SESSION],
    ] {
        let error = called_back(302, headers, "").expect_err("no login");
        assert!(matches!(error.kind(), ErrorKind::Rejected(_)), "{headers:?}: {error}");
    }
    for (headers, body) in [(&[][..], &*confirmation()), (&[DELETED], &confirmation()), (&[SESSION], "<html></html>")] {
        let error = called_back(200, headers, body).expect_err("no login");
        assert!(matches!(error.kind(), ErrorKind::Undecodable(_)), "{headers:?} {body}: {error}");
    }
    let error = called_back(401, &[SESSION], "{\"status\": 401, \"message\": \"Unauthorized\"}").expect_err("no login");
    assert!(error.is_unauthorized(), "{error}");
}

#[test]
fn what_the_provider_answers_is_taken_from_the_address_that_it_sends_the_browser_to() {
    let login = oauth_login(&[]);
    let sent = |query: &str| {
        let url = format!("https://auth.example.com/api/oauth/callback/generic?{query}");
        let answered = AuthorizationResponse::in_url(&url.parse::<Url>().expect("a URL"))?;
        let base = "https://auth.example.com".parse().expect("a base URL");
        let request = OAuthCallback::new(&login, &answered).request(&base, &()).expect("a request");
        Ok(request.uri().query().expect("a query").to_owned())
    };
    assert_eq!(sent("state=s%3D%26&code=a+b").as_deref(), Ok("code=a+b&state=s%3D%26"));
    assert_eq!(sent("code=1").as_deref(), Ok("code=1"));
    assert_eq!(sent("code=1&state=").as_deref(), Ok("code=1"), "what is empty counts as left out");
    for (query, why) in [
        ("", NotAuthorized::NoCode),
        ("code=&state=1", NotAuthorized::NoCode),
        ("code=1&code=2", NotAuthorized::Repeated("code")),
        ("code=1&code=", NotAuthorized::Repeated("code")),
        ("code=1&state=1&state=2", NotAuthorized::Repeated("state")),
    ] {
        assert_eq!(sent(query), Err(why), "{query}");
    }
}

#[test]
fn what_the_provider_says_instead_is_told() {
    let refused = |query: &str| {
        let url = format!("https://auth.example.com/api/oauth/callback/generic?{query}");
        AuthorizationResponse::in_url(&url.parse::<Url>().expect("a URL")).expect_err("no code")
    };
    let told = refused("error=access_denied&error_description=Not+today&state=1");
    let NotAuthorized::Refused { error, description, .. } = &told else { panic!("{told:?}") };
    assert_eq!((&**error, description.as_deref()), ("access_denied", Some("Not today")));
    assert_eq!(told.to_string(), "the provider answered with the error `access_denied`");
    assert!(matches!(refused("error=server_error&code=1"), NotAuthorized::Refused { description: None, .. }));
}

#[test]
fn a_login_goes_on_from_what_was_exported() {
    let login = oauth_login(&["tinyauth-csrf-1=s=t; Path=/; HttpOnly", "tinyauth-redirect-1=https%3A%2F%2Fa; Path=/"]);
    let again = OAuthLogin::import(login.export()).expect("a login");
    assert_eq!((again.url(), again.provider()), (login.url(), login.provider()));
    let base = "https://auth.example.com".parse().expect("a base URL");
    let answered = AuthorizationResponse::new("code").state("s=t");
    let cookies = |login| {
        OAuthCallback::new(login, &answered).request(&base, &()).expect("a request").headers()["cookie"].clone()
    };
    assert_eq!(cookies(&again), "tinyauth-csrf-1=s=t; tinyauth-redirect-1=https%3A%2F%2Fa");
    assert_eq!(cookies(&again), cookies(&login));
    for text in [
        "",
        "{}",
        "tinyauth-session-1=abc",
        r#"{"provider": "generic", "url": "", "cookies": ["a=b; c=d"]}"#,
        r#"{"provider": "generic", "url": "", "cookies": ["a"]}"#,
    ] {
        let error = OAuthLogin::import(text).expect_err(text);
        assert!(matches!(error, ConfigurationError::NotExported("login by a provider")), "{text}: {error:?}");
    }
}
