//! Every recorded answer is read for what it says.

use probity::endpoint::Endpoint;
use probity::tinyauth::{
    App, AuthorizationResponse, Authorize, Decision, ForwardedRequest, GetApp, GetUser, Healthcheck, LoggedIn, Logout,
    OAuthCallback, OAuthLogin, OAuthUrl, PasswordLogin, Proxy, Refusal, Ruling, SessionCookie, User, VerifyTotp,
};
use probity::{Credentials, ErrorKind};
use probity_fixtures::tinyauth::API;
use secrecy::ExposeSecret as _;
use serde_json::Value;

use crate::recording::{self, Recording};

/// Asked in a way in which no endpoint asks: a HEAD, and what is no operation.
const OTHERS: [&str; 2] = ["healthcheck-head", "unknown-path-in-api"];

#[test]
fn every_recording_is_read_for_what_it_says() {
    let credentials = Credentials::new("user", "password");
    let forwarded = ForwardedRequest::new("https", "app.example.test", "/a/b");
    let answered = AuthorizationResponse::new("code");
    let begun = recording::named(&API, "oauth-flow-1-url").response;
    let begun = OAuthUrl::new("generic").read(&begun).expect("a login");
    let mut read = 0;
    for recording in &recording::all(&API) {
        if OTHERS.contains(&&*recording.name) {
            continue;
        }
        match &recording.segments()[..] {
            ["api", "healthcheck"] => holds(&Healthcheck, recording, |(), _| ()),
            ["api", "app"] => holds(&GetApp, recording, says_app),
            ["api", "user"] => holds(&GetUser, recording, says_user),
            ["api", "login"] => holds(&PasswordLogin::new(&credentials), recording, says_login),
            ["api", "totp"] => holds(&VerifyTotp::new("123456"), recording, says_session),
            ["api", "logout"] => holds(&Logout, recording, |(), _| ()),
            ["api", "oauth", "url", provider] => holds(&OAuthUrl::new(*provider), recording, says_oauth_url),
            ["api", "oauth", "callback", _] => holds(&OAuthCallback::new(&begun, &answered), recording, says_session),
            // Releases answer names of proxies that the document lacks as they answer Traefik.
            ["api", "auth", proxy] => {
                let proxy = if *proxy == "nginx" { Proxy::Nginx } else { Proxy::Traefik };
                holds(&Authorize::new(&forwarded.clone().proxy(proxy)), recording, says_decision);
            }
            _ => panic!("{}, of {}, is of no endpoint", recording.name, recording.release),
        }
        assert_eq!(recording.effect, "", "{}: what becomes of it is not looked at", recording.name);
        read += 1;
    }
    assert!(read >= 200, "only {read} recordings were found");
}

fn holds<E: Endpoint<Refusal = Refusal>>(endpoint: &E, recording: &Recording, says: fn(&E::Output, &Recording)) {
    let name = &recording.name;
    let status = recording.response.status();
    match endpoint.read(&recording.response) {
        Ok(output) => {
            assert!(is_done(recording), "{name}");
            says(&output, recording);
        }
        Err(error) => {
            assert!(!is_done(recording), "{name}: {error}");
            assert_eq!(error.status(), Some(status), "{name}");
            assert!(matches!(error.kind(), ErrorKind::Rejected(_)), "{name}: {error}");
            assert_eq!(error.is_unauthorized(), status == 401 || status == 200, "{name}: {error}");
            assert_eq!(error.refusal(), refusal(recording).as_ref(), "{name}: {error}");
        }
    }
}

/// Whether the server did what was asked, or decided on it.
fn is_done(recording: &Recording) -> bool {
    let is_decision = recording.segments().get(1) == Some(&"auth");
    match recording.response.status().as_u16() {
        200 => body(recording).get("isLoggedIn") != Some(&Value::Bool(false)),
        401 | 403 => is_decision,
        307 if is_decision => true,
        307 => session_set(recording).is_some(),
        _ => false,
    }
}

fn refusal(recording: &Recording) -> Option<Refusal> {
    let location = recording.response.headers().get("location").map(|location| location.to_str().expect("text"));
    let page = |name: &str| {
        location.is_some_and(|location| location.split('?').next().is_some_and(|page| page.ends_with(name)))
    };
    match recording.response.status().as_u16() {
        200 | 401 => Some(Refusal::Unauthorized),
        429 => Some(refused_for(299)),
        400 => Some(Refusal::Other("Bad Request".to_owned())),
        404 if body(recording).is_object() => Some(Refusal::NotFound),
        307 if page("/unauthorized") => Some(Refusal::Forbidden),
        307 if page("/not-found") => Some(Refusal::NotFound),
        307 if page("/error") => Some(Refusal::Failed),
        _ => None,
    }
}

/// A lock cannot be made outside of its crate; it can be read.
fn refused_for(seconds: u64) -> Refusal {
    let body =
        format!(r#"{{"message":"Too many failed login attempts. Try again in {seconds} seconds","status":429}}"#);
    let answer = crate::answer::answer(429, &[], body);
    <Refusal as probity::Refusal>::read(&answer).expect("a refusal")
}

fn body(recording: &Recording) -> Value {
    serde_json::from_slice(recording.response.body()).unwrap_or_default()
}

/// The name and the value of the session that is set.
fn session_set(recording: &Recording) -> Option<&str> {
    let set = recording.response.headers().get_all("set-cookie").iter().map(|line| line.to_str().expect("text"));
    let mut pairs = set.map(|line| line.split(';').next().expect("a pair"));
    pairs.rfind(|pair| {
        let (name, value) = pair.split_once('=').expect("a name");
        name.starts_with("tinyauth-session-") && !value.is_empty()
    })
}

fn says_session(session: &SessionCookie, recording: &Recording) {
    assert_eq!(Some(session.export().expose_secret()), session_set(recording), "{}", recording.name);
}

fn says_login(login: &LoggedIn, recording: &Recording) {
    match login {
        LoggedIn::Complete(session) => {
            assert_eq!(body(recording)["totpPending"], false, "{}", recording.name);
            says_session(session, recording);
        }
        LoggedIn::TotpRequired(_) => assert_eq!(body(recording)["totpPending"], true, "{}", recording.name),
    }
}

fn says_app(app: &App, recording: &Recording) {
    let told = body(recording);
    assert_eq!(app.title, told["title"]);
    assert_eq!(app.domain.as_deref(), told["domain"].as_str());
    assert_eq!(app.generic_name, told["genericName"]);
    assert_eq!(app.forgot_password_message, told["forgotPasswordMessage"]);
    assert_eq!(app.disable_continue, told["disableContinue"]);
    assert_eq!((app.oauth_auto_redirect.as_ref(), &told["oauthAutoRedirect"]), (None, &"none".into()));
    let providers: Vec<_> = app.configured_providers.iter().map(|provider| provider.as_str()).collect();
    assert_eq!(serde_json::to_value(providers).expect("JSON"), told["configuredProviders"]);
}

fn says_user(user: &User, recording: &Recording) {
    let told = body(recording);
    assert_eq!(user.username, told["username"]);
    assert_eq!(user.name, told["name"]);
    assert_eq!(user.email, told["email"]);
    assert_eq!(user.provider.as_str(), told["provider"]);
    assert_eq!(user.oauth, told["oauth"]);
}

fn says_oauth_url(login: &OAuthLogin, recording: &Recording) {
    assert_eq!(login.url(), body(recording)["url"]);
}

fn says_decision(ruling: &Ruling, recording: &Recording) {
    let (name, headers) = (&recording.name, recording.response.headers());
    assert_eq!(
        ruling.set_cookie.iter().collect::<Vec<_>>(),
        headers.get_all("set-cookie").iter().collect::<Vec<_>>(),
        "{name}"
    );
    let text = |name| headers.get(name).map(|value| value.to_str().expect("text"));
    match &ruling.decision {
        Decision::Allowed(identity) => {
            assert_eq!(recording.response.status(), 200, "{name}");
            assert_eq!(identity.user.as_deref(), text("remote-user"), "{name}");
            assert_eq!(identity.name.as_deref(), text("remote-name"), "{name}");
            assert_eq!(identity.email.as_deref(), text("remote-email"), "{name}");
            assert_eq!(identity.groups.join(","), text("remote-groups").unwrap_or_default(), "{name}");
            assert!(identity.further.is_empty(), "{name}");
        }
        Decision::Denied { status, location, .. } => {
            assert_eq!((*status, location), (recording.response.status(), &None), "{name}");
        }
        Decision::LoginAt(url) => assert_eq!(Some(url.as_str()), text("location"), "{name}"),
    }
}

fn request<E: Endpoint>(endpoint: &E, credential: &E::Credential) -> http::Request<bytes::Bytes> {
    let base = "http://auth.example.test:38461".parse().expect("a base URL");
    endpoint.request(&base, credential).expect("a request")
}

#[test]
fn a_code_is_sent_with_the_cookie_of_its_login() {
    let (login, totp) = (recording::named(&API, "login-totp-user-pending"), recording::named(&API, "totp-right-code"));
    let login = PasswordLogin::new(&Credentials::new("totpuser", "totp-pass")).read(&login.response);
    let Ok(LoggedIn::TotpRequired(pending)) = login else { panic!("a code is wanted: {login:?}") };
    let sent = request(&VerifyTotp::new("343147"), &pending);
    assert_eq!(sent.headers()["cookie"], totp.request.headers()["cookie"]);
}

#[test]
fn a_callback_is_sent_with_the_cookies_of_its_login() {
    let (url, callback) = (recording::named(&API, "oauth-flow-1-url"), recording::named(&API, "oauth-flow-2-callback"));
    let login = OAuthUrl::new("generic").read(&url.response).expect("a login");
    let went = format!("http://auth.example.test:38461{}", callback.request.uri());
    let answered = AuthorizationResponse::in_url(&went.parse().expect("a URL")).expect("a code");
    let sent = request(&OAuthCallback::new(&login, &answered), &());
    assert_eq!(sent.headers()["cookie"], callback.request.headers()["cookie"]);
    assert_eq!(sent.uri().path_and_query(), callback.request.uri().path_and_query());
}

#[test]
fn a_login_that_is_held_off_tells_how_long() {
    let locked = recording::named(&API, "login-locked-right-password");
    let credentials = Credentials::new("lockme", "lock-pass");
    let error = PasswordLogin::new(&credentials).read(&locked.response).expect_err("held off");
    assert_eq!(error.retry_after().map(|wait| wait.as_secs()), Some(299));
}
