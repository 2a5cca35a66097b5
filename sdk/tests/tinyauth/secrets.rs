//! No `Debug` form, no error and no line of the log shows a password, a cookie, a code or a Basic pair.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use http::HeaderMap;
use http::header::{AUTHORIZATION, COOKIE};
use probity::endpoint::Endpoint as _;
use probity::tinyauth::{
    Access, AuthorizationResponse, Authorize, BasicAuth, Credentials, Decision, ForwardedRequest, GetApp, GetUser,
    Healthcheck, Login, Logout, OAuthCallback, OAuthUrl, PasswordLogin, Provider, Proxy, Refusal, SessionCookie,
    Tinyauth, VerifyTotp, VisitorCredentials,
};
use proptest::prelude::*;
use secrecy::SecretString;
use serde_json::json;
use wiremock::matchers::path;
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::answer::{answer, confirmation, logged_in, oauth_login, oauth_login_at, pending, session};
use crate::disclosure::{a_secret, shown, shown_by, told};
use crate::log::Log;
use crate::public_types::{public_types, shown_as};

fn encoded(secret: &str) -> String {
    BASE64_STANDARD.encode(format!("user:{secret}"))
}

/// A visitor who brings the secret as a cookie, and as a password by Basic.
fn visitor(secret: &str) -> HeaderMap {
    let cookies = format!("theme=dark; tinyauth-session-1={secret}").parse().expect("a value");
    let authorization = format!("Basic {}", encoded(secret)).parse().expect("a value");
    HeaderMap::from_iter([(COOKIE, cookies), (AUTHORIZATION, authorization)])
}

#[cfg(feature = "tower")]
fn layers(tinyauth: &Tinyauth) -> Vec<(&'static str, String)> {
    use tower::Layer as _;
    let layer = probity::tinyauth::TinyauthLayer::new(tinyauth.clone());
    vec![shown_as(&layer), shown_as(&layer.layer(()))]
}

#[cfg(not(feature = "tower"))]
fn layers(_: &Tinyauth) -> Vec<(&'static str, String)> {
    Vec::new()
}

/// Answers that repeat the secret wherever one can stand.
fn answers_with(secret: &str, status: u16) -> Vec<http::Response<Bytes>> {
    let bodies = [
        json!({"status": status, "message": secret}),
        json!({"status": status, "message": format!("{secret} is wrong")}),
        json!({"status": secret, "message": secret}),
        json!({"status": 200, "message": secret, "totpPending": secret}),
        json!({"status": 200, "message": "OK", "isLoggedIn": secret}),
        json!({"status": 200, "message": "OK", "isLoggedIn": true, "username": [secret], "provider": {secret: secret}}),
        json!({"status": 200, "message": "OK", "url": [secret], secret: secret}),
        json!(secret),
    ];
    let texts = [format!("<html>{secret}</html>"), format!(r#"{{"message": "{secret}"#), secret.to_owned()];
    let percent: String = secret.bytes().map(|byte| format!("%{byte:02x}")).collect();
    let headers = [
        ("content-type", format!("text/{secret}")),
        ("x-request-id", secret.to_owned()),
        ("retry-after", secret.to_owned()),
        ("set-cookie", format!("{secret}={secret}")),
        ("set-cookie", format!("tinyauth-session-1={secret}; Max-Age=0")),
        ("location", secret.to_owned()),
        ("location", format!("https://admin:{secret}@h/error")),
        ("location", format!("https://h/{secret}/api/auth/traefik?{secret}#{secret}")),
        ("location", format!("https://h/{percent}/error?code={percent}")),
        ("remote-user", format!("{secret}\u{e9}")),
        ("x-tinyauth-location", secret.to_owned()),
        ("x-tinyauth-lock-reset", secret.to_owned()),
    ];
    let bodies = bodies.iter().map(|body| body.to_string()).chain(texts).map(|body| answer(status, &[], body));
    let headers = headers.iter().flat_map(|(name, value)| {
        [answer(status, &[(name, value)], "no JSON"), answer(status, &[(name, value)], confirmation())]
    });
    bodies.chain(headers).collect()
}

proptest! {
    // Any text is as good as another here, and each goes through some hundreds of errors.
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn no_public_type_shows_one(secret in a_secret()) {
        let credentials = || Credentials::new("user", &*secret);
        let tinyauth = Tinyauth::new("http://localhost").expect("a client");
        let exported = SecretString::from(format!("tinyauth-session-1={secret}"));
        let cookie = format!("tinyauth-session-1={secret}; Path=/");
        let login = logged_in("", &[&cookie]).expect("a login");
        let set = [("set-cookie", &*cookie)];
        let user = json!({"isLoggedIn": true, "username": "u", "name": "", "email": "", "provider": "", "oauth": false});
        let app = json!({"disableContinue": false, "title": "", "genericName": "", "forgotPasswordMessage": ""});
        let begin = OAuthUrl::new("generic").redirect_uri(format!("https://app.example.com/reset?token={secret}"));
        let oauth = oauth_login_at(&format!("https://idp.example/authorize?state={secret}"), &[&format!("tinyauth-csrf-1={secret}")]);
        let answered = AuthorizationResponse::new(&*secret).state(&*secret);
        let not_authorized = AuthorizationResponse::in_url(&format!("https://h/?code={secret}&state=1&state={secret}").parse().expect("a URL"));
        let forwarded = ForwardedRequest::new("https", "app.example.com", format!("/reset?token={secret}"));
        let to_login = answer(302, &[("location", &format!("https://h/login?redirect_uri={secret}"))], "");
        let denied = answer(401, &[("x-tinyauth-location", &format!("https://h/login?redirect_uri={secret}"))], "");
        let ruling = |answer| Authorize::new(&forwarded).read(answer).expect("a ruling");
        let allowed = answer(200, &set, confirmation());
        let allowed = ruling(&allowed);
        let Decision::Allowed(identity) = &allowed.decision else { panic!("{allowed:?}") };
        let session_cookie = SessionCookie::import(exported.clone()).expect("a session");
        let change = session_cookie.changed_by(answer(200, &set, "").headers()).expect("it is set");
        let session = tinyauth.session(exported.clone()).expect("a session");
        let waiting = tinyauth.pending(exported.clone()).expect("a login that waits");
        let error = tinyauth.session(format!("{secret}\n")).expect_err("no session");
        let list = [
            shown_as(&credentials()), shown_as(&PasswordLogin::new(&credentials())), shown_as(&login), shown_as(&pending(&secret)),
            shown_as(&VerifyTotp::new(&*secret)), shown_as(&session_cookie), shown_as(&SessionCookie::import(format!("s{secret}==")).expect("what a mistake gives")), shown_as(&change), shown_as(&Logout),
            shown_as(&session), shown_as(&Login::Complete(session.clone())), shown_as(&waiting),
            shown_as(&Login::TotpRequired(waiting)), shown_as(&tinyauth), shown_as(&tinyauth.basic(credentials())),
            shown_as(&BasicAuth::new(credentials())), shown_as(&Access::from(credentials())),
            shown_as(&Access::from(session_cookie.clone())), shown_as(&VisitorCredentials::of(&visitor(&secret))),
            shown_as(&Access::of(&visitor(&secret))), shown_as(&GetUser), shown_as(&GetApp), shown_as(&Healthcheck),
            shown_as(&GetUser.read(&answer(200, &set, user.to_string())).expect("a user")),
            shown_as(&GetApp.read(&answer(200, &set, app.to_string())).expect("an app")),
            shown_as(&Provider::Generic), shown_as(&Proxy::Caddy), shown_as(&begin), shown_as(&oauth), shown_as(&answered),
            shown_as(&OAuthCallback::new(&oauth, &answered)), shown_as(&not_authorized.expect_err("twice")),
            shown_as(&forwarded), shown_as(&Authorize::new(&forwarded)), shown_as(&ruling(&to_login).decision),
            shown_as(&ruling(&denied).decision), shown_as(&allowed), shown_as(identity), shown_as(&Refusal::Unauthorized),
        ];
        let list: Vec<_> = list.into_iter().chain(layers(&tinyauth)).collect();
        let types: BTreeSet<_> = list.iter().map(|(name, _)| *name).collect();
        let has_feature = |feature: &str| feature != "tower" || cfg!(feature = "tower");
        prop_assert_eq!(types, public_types(include_str!("../../src/tinyauth/mod.rs"), has_feature), "a public type is not in the list");
        let text = list.into_iter().fold(String::new(), |text, (_, shown)| text + &shown) + &shown(&[
            &exported, &error, &tinyauth.client().call(VerifyTotp::new(&*secret), pending(&secret)),
            &tinyauth.client().call(GetUser, Access::of(&visitor(&secret))),
            &tinyauth.client().call(OAuthCallback::new(&oauth, &answered), ()),
        ]);
        prop_assert!(!text.contains(&secret), "{text}");
        prop_assert!(!text.contains(&encoded(&secret)), "{text}");
    }

    #[test]
    fn no_error_shows_one_that_the_server_repeats(
        secret in a_secret(),
        status in prop_oneof![Just(200u16), Just(302), Just(400), Just(429), 100u16..1000],
    ) {
        let credentials = Credentials::new("user", &*secret);
        let answered = AuthorizationResponse::new(&*secret).state("state");
        let with_state = AuthorizationResponse::new("code").state(&*secret);
        let forwarded = ForwardedRequest::new("https", "app.example.com", "/");
        let (unbound, bound) = (oauth_login(&[]), oauth_login(&[&format!("tinyauth-csrf-1={secret}")]));
        let basic = Access::from(credentials.clone());
        let visitor = Access::of(&visitor(&secret));
        for repeated in [&*secret, &encoded(&secret)] {
            for answer in answers_with(repeated, status) {
                let mut text = told(&Authorize::new(&forwarded), &basic, &answer)
                    + &told(&Authorize::new(&forwarded), &visitor, &answer)
                    + &told(&GetUser, &basic, &answer)
                    + &told(&GetUser, &visitor, &answer);
                if repeated == secret {
                    text += &told(&PasswordLogin::new(&credentials), &(), &answer);
                    text += &told(&VerifyTotp::new(&*secret), &pending("pending"), &answer);
                    text += &told(&VerifyTotp::new("123456"), &pending(&secret), &answer);
                    text += &told(&GetUser, &session(&secret).into(), &answer);
                    text += &told(&Authorize::new(&forwarded), &session(&secret).into(), &answer);
                    text += &told(&Logout, &session(&secret), &answer);
                    text += &told(&OAuthCallback::new(&unbound, &answered), &(), &answer);
                    text += &told(&OAuthCallback::new(&unbound, &with_state), &(), &answer);
                    text += &told(&OAuthCallback::new(&bound, &with_state), &(), &answer);
                }
                prop_assert!(!text.contains(repeated), "{answer:?}: {text}");
            }
        }
    }

    #[test]
    fn no_error_shows_one_that_cannot_be_sent(secret in a_secret()) {
        let tinyauth = Tinyauth::new("http://localhost").expect("a client");
        let error = tinyauth.session(format!("{secret}\n")).expect_err("no session");
        let base = "http://localhost".parse().expect("a base URL");
        let colon = GetUser.request(&base, &Credentials::new("a:b", &*secret).into()).expect_err("no name");
        let url = Tinyauth::new(&format!("https://admin:{secret}@localhost")).expect_err("no base URL");
        let path = ForwardedRequest::new("https", "h", format!("/?{secret}\n"));
        let path = Authorize::new(&path).request(&base, &Access::Anonymous).expect_err("no header");
        let text = shown(&[&error, &colon, &url, &path]) + &format!("{error} {colon} {url} {path}");
        prop_assert!(!text.contains(&secret), "{text}");
    }
}

#[tokio::test]
async fn no_line_of_the_log_and_no_error_of_a_client_shows_one() {
    let server = MockServer::start().await;
    let cookie = "tinyauth-session-1=cookie-of-the-answer; Path=/";
    let login = json!({"status": 200, "message": "Waiting for totp", "totpPending": true});
    let login = ResponseTemplate::new(200).set_body_json(login).insert_header("set-cookie", cookie);
    Mock::given(path("/api/login")).respond_with(login).mount(&server).await;
    let url = json!({"status": 200, "message": "OK", "url": "https://idp.example/authorize?state=state-of-the-url"});
    let url = ResponseTemplate::new(200).set_body_json(url).insert_header("set-cookie", "csrf=cookie-of-the-answer");
    Mock::given(path("/api/oauth/url/generic")).respond_with(url).mount(&server).await;
    let repeated = json!({"status": 400, "message": "wrong: hunter2secret, dXNlcjpodW50ZXIyc2VjcmV0"});
    let repeated = ResponseTemplate::new(400).set_body_json(repeated).insert_header("location", "/hunter2secret");
    Mock::given(wiremock::matchers::any()).respond_with(repeated).mount(&server).await;

    let log = Log::default();
    let until_dropped = log.subscribe();
    let tinyauth = Tinyauth::new(&server.uri()).expect("a client");
    let credentials = Credentials::new("user", "hunter2secret");
    let Ok(Login::TotpRequired(pending)) = tinyauth.login(&credentials).await else { panic!("a code is wanted") };
    let session = tinyauth.session("tinyauth-session-1=hunter2secret").expect("a session");
    let request = ForwardedRequest::new("https", "app.example.com", "/?q=query-of-the-visitor");
    let begun = tinyauth.oauth_url("generic", None).await.expect("a login");
    let answered = AuthorizationResponse::new("hunter2secret").state("state-of-the-url");
    let errors = [
        pending.verify("hunter2secret").await.expect_err("rejected"),
        session.user().await.expect_err("rejected"),
        session.authorize(&request).await.expect_err("rejected"),
        tinyauth.basic(credentials.clone()).user().await.expect_err("rejected"),
        tinyauth.authorize(&request, credentials.clone()).await.expect_err("rejected"),
        tinyauth.authorize(&request, Access::of(&visitor("hunter2secret"))).await.expect_err("rejected"),
        tinyauth.oauth_callback(&begun, &answered).await.expect_err("rejected"),
        session.logout().await.expect_err("rejected"),
    ];
    drop(until_dropped);

    let log = log.text();
    assert!(log.contains("operation=\"tinyauth.oauthCallback\""), "{log}");
    for hidden in
        ["hunter2secret", &encoded("hunter2secret"), "cookie-of-the-answer", "state-of-the-url", "query-of-the-visitor"]
    {
        assert!(!log.contains(hidden), "{hidden}: {log}");
        // What a call does not send it cannot know: only what it sent is blanked where it is repeated.
        if hidden != encoded("hunter2secret") {
            for error in &errors {
                assert!(!shown_by(error).contains(hidden), "{hidden}: {error:?}");
            }
        }
    }
    for by_basic in &errors[3..6] {
        assert!(!shown_by(by_basic).contains(&encoded("hunter2secret")), "{by_basic:?}");
    }
}
