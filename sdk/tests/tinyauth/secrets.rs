//! No `Debug` form, no error and no line of the log shows a password, a cookie, a code or a Basic pair.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use http::HeaderMap;
use http::header::{AUTHORIZATION, COOKIE};
use probity::endpoint::Endpoint as _;
use probity::tinyauth::{
    Access, AuthorizationResponse, Authorize, BasicAuth, Credentials, ForwardedRequest, GetUser, Login, Logout,
    OAuthCallback, PasswordLogin, SessionCookie, Tinyauth, VerifyTotp, VisitorCredentials,
};
use proptest::prelude::*;
use secrecy::SecretString;
use serde_json::json;
use wiremock::matchers::path;
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::answer::{answer, confirmation, logged_in, oauth_login, pending, session};
use crate::disclosure::{a_secret, shown, shown_by, told};
use crate::log::Log;

fn encoded(secret: &str) -> String {
    BASE64_STANDARD.encode(format!("user:{secret}"))
}

/// A visitor who brings the secret as a cookie, and as a password by Basic.
fn visitor(secret: &str) -> HeaderMap {
    let cookies = format!("theme=dark; tinyauth-session-1={secret}").parse().expect("a value");
    let authorization = format!("Basic {}", encoded(secret)).parse().expect("a value");
    HeaderMap::from_iter([(COOKIE, cookies), (AUTHORIZATION, authorization)])
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
        let oauth = oauth_login(&[&format!("tinyauth-csrf-1={secret}")]);
        let answered = AuthorizationResponse::new(&*secret).state(&*secret);
        let forwarded = ForwardedRequest::new("https", "app.example.com", format!("/reset?token={secret}"));
        let to_login = answer(302, &[("location", &format!("https://h/login?redirect_uri={secret}"))], "");
        let denied = answer(401, &[("x-tinyauth-location", &format!("https://h/login?redirect_uri={secret}"))], "");
        let decision = |answer| Authorize::new(&forwarded).read(answer).expect("a decision");
        let session = tinyauth.session(exported.clone()).expect("a session");
        let text = shown(&[
            &credentials(), &PasswordLogin::new(&credentials()), &login, &pending(&secret), &VerifyTotp::new(&*secret),
            &SessionCookie::import(exported.clone()).expect("a session"), &exported, &session, &Login::Complete(session.clone()),
            &BasicAuth::new(credentials()), &Access::from(credentials()), &tinyauth.basic(credentials()),
            &VisitorCredentials::of(&visitor(&secret)), &Access::of(&visitor(&secret)),
            &GetUser.read(&answer(200, &set, user.to_string())).expect("a user"),
            &oauth, &answered, &OAuthCallback::new(&answered), &forwarded, &Authorize::new(&forwarded),
            &decision(&to_login), &decision(&denied), &decision(&answer(200, &set, confirmation())),
            &tinyauth.client().call(VerifyTotp::new(&*secret), pending(&secret)),
            &tinyauth.client().call(GetUser, Access::of(&visitor(&secret))),
            &tinyauth.client().call(OAuthCallback::new(&answered), oauth.clone()),
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
                    text += &told(&OAuthCallback::new(&answered), &oauth_login(&[]), &answer);
                    text += &told(&OAuthCallback::new(&with_state), &oauth_login(&[]), &answer);
                    let cookie = format!("tinyauth-csrf-1={secret}");
                    text += &told(&OAuthCallback::new(&with_state), &oauth_login(&[&cookie]), &answer);
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
