//! Logins by a provider.

use probity::ErrorKind;
use probity::endpoint::Endpoint as _;
use probity::tinyauth::{AuthorizationResponse, Error, OAuthCallback, Refusal};
use secrecy::ExposeSecret as _;
use url::Url;

use crate::answer::{answer, confirmation, oauth_login};

const SESSION: (&str, &str) = ("set-cookie", "tinyauth-session-1=abc; Path=/; Max-Age=86400; HttpOnly");
const DELETED: (&str, &str) = ("set-cookie", "tinyauth-session-1=; Path=/; Max-Age=0; HttpOnly");

/// The session that a callback gives that is answered so.
fn called_back(status: u16, headers: &[(&str, &str)], body: &str) -> Result<String, Error> {
    let answered = AuthorizationResponse::new("code");
    let session = OAuthCallback::new(&answered).read(&answer(status, headers, body.to_owned()))?;
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
    ] {
        let session = called_back(307, &[SESSION, ("location", page)], "<a>Temporary Redirect</a>");
        assert_eq!(session.expect(page), "tinyauth-session-1=abc");
    }
}

#[test]
fn a_redirect_to_a_page_that_says_no_is_none_even_with_a_session() {
    for (page, refusal) in [
        ("https://auth.example.com/error", Refusal::Failed),
        ("https://auth.example.com/unauthorized?username=bad%40evil.test", Refusal::Forbidden),
        ("/not-found", Refusal::NotFound),
    ] {
        let error = called_back(307, &[SESSION, ("location", page)], "").expect_err(page);
        assert_eq!(error.refusal(), Some(&refusal), "{page}");
        assert_eq!(error.status().map(|status| status.as_u16()), Some(307));
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
    let sent = |url: &str| {
        let answered = AuthorizationResponse::in_url(&url.parse::<Url>().expect("a URL"))?;
        let base = "https://auth.example.com".parse().expect("a base URL");
        let request = OAuthCallback::new(&answered).request(&base, &oauth_login(&[])).expect("a request");
        Some(request.uri().query().expect("a query").to_owned())
    };
    let callback = "https://auth.example.com/api/oauth/callback/generic";
    assert_eq!(sent(&format!("{callback}?state=s%3D%26&code=a+b")).as_deref(), Some("code=a+b&state=s%3D%26"));
    assert_eq!(sent(&format!("{callback}?code=1")).as_deref(), Some("code=1"));
    assert_eq!(sent(&format!("{callback}?error=access_denied&state=1")), None);
}
