//! The way that applications go, against a server that does what the document says.

use std::time::{Duration, UNIX_EPOCH};

use bytes::Bytes;
use http::HeaderMap;
use http::header::{AUTHORIZATION, COOKIE};
use probity::endpoint::Endpoint;
use probity::tinyauth::{
    Access, AuthorizationResponse, Credentials, Decision, Error, ForwardedRequest, Login, Pending, Provider, Proxy,
    Refusal, Session, SessionCookie, Tinyauth,
};
use probity::{BaseUrl, Client, ConfigurationError};
use probity_fixtures::tinyauth::API;
use probity_server::identity::IdentityProvider;
use probity_server::{Clock, ReferenceServer, RunningServer, tinyauth};
use url::Url;

const PROXIES: [Proxy; 3] = [Proxy::Traefik, Proxy::Nginx, Proxy::Caddy];
const BROWSER: &str = "text/html,application/xhtml+xml,*/*;q=0.8";

async fn server() -> (RunningServer, Tinyauth) {
    started(ReferenceServer::tinyauth()).await
}

/// The time stands still: a code does not change between its making and its use.
async fn started(builder: tinyauth::Builder) -> (RunningServer, Tinyauth) {
    let server = builder.clock(Clock::standing()).start().await.expect("the server starts");
    let tinyauth = Tinyauth::new(server.url()).expect("a client");
    (server, tinyauth)
}

fn user() -> Credentials {
    Credentials::new("user", "password")
}

async fn logged_in(tinyauth: &Tinyauth) -> Session {
    match tinyauth.login(&user()).await.expect("a login") {
        Login::Complete(session) => session,
        Login::TotpRequired(_) => panic!("no code is wanted"),
    }
}

async fn waiting(tinyauth: &Tinyauth) -> Pending {
    match tinyauth.login(&Credentials::new("totp", "password")).await.expect("a login") {
        Login::TotpRequired(pending) => pending,
        Login::Complete(_) => panic!("a code is wanted"),
    }
}

/// The code of the server's moment.
fn code(server: &RunningServer) -> String {
    let secret = totp_rs::Secret::try_from_base32("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP").expect("a secret");
    let now = server.clock().now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs();
    totp_rs::Builder::new().with_secret(secret).build().expect("a generator").generate(now).to_string()
}

fn request() -> ForwardedRequest {
    ForwardedRequest::new("https", "app.example.com", "/a?b=c")
}

async fn decision(tinyauth: &Tinyauth, request: &ForwardedRequest, access: Access) -> Decision {
    tinyauth.authorize(request, access).await.expect("a ruling").decision
}

fn cookie_of(session: &Session) -> SessionCookie {
    SessionCookie::import(session.export().expect("it goes on")).expect("a session")
}

#[tokio::test]
async fn a_server_is_up_and_tells_what_it_is() {
    let (server, tinyauth) = server().await;
    tinyauth.healthcheck().await.expect("it is up");
    let app = tinyauth.app().await.expect("an app");
    assert!(!app.title.is_empty());
    assert_eq!(app.oauth_auto_redirect, None);
    server.shutdown().await;
}

#[tokio::test]
async fn a_user_logs_in_and_is_who_they_are() {
    let (_server, tinyauth) = server().await;
    let user = logged_in(&tinyauth).await.user().await.expect("logged in");
    assert_eq!((&*user.username, user.provider, user.oauth), ("user", Provider::Username, false));
}

#[tokio::test]
async fn a_session_goes_on_from_what_was_exported() {
    let (_server, tinyauth) = server().await;
    let exported = logged_in(&tinyauth).await.export().expect("it goes on");
    let session = tinyauth.session(exported.clone()).expect("a session");
    assert_eq!(session.user().await.expect("logged in").username, "user");
}

#[tokio::test]
async fn a_code_completes_a_login() {
    let (server, tinyauth) = server().await;
    let pending = waiting(&tinyauth).await;
    assert!(pending.verify("000000").await.expect_err("wrong").is_unauthorized());
    let session = pending.verify(code(&server)).await.expect("a session");
    assert_eq!(session.user().await.expect("logged in").username, "totp");
    assert!(pending.verify(code(&server)).await.expect_err("used").is_unauthorized());
}

#[tokio::test]
async fn after_a_logout_the_session_is_forgotten_here_and_lives_on_there() {
    let (_server, tinyauth) = server().await;
    let session = logged_in(&tinyauth).await;
    let (exported, clone) = (session.export().expect("it goes on"), session.clone());
    session.logout().await.expect("logged out");
    assert!(clone.user().await.expect_err("forgotten").is_unauthorized());
    assert!(matches!(clone.export(), Err(ConfigurationError::SessionEnded)));
    let copy = tinyauth.session(exported.clone()).expect("a session");
    assert_eq!(copy.user().await.expect("logged in still").username, "user");
}

#[tokio::test]
async fn a_session_expires() {
    let (server, tinyauth) = server().await;
    let session = logged_in(&tinyauth).await;
    server.clock().advance(Duration::from_secs(366 * 24 * 60 * 60));
    assert!(session.user().await.expect_err("expired").is_unauthorized());
}

#[tokio::test]
async fn wrong_passwords_are_refused_and_then_held_off() {
    let (server, tinyauth) = server().await;
    let wrong = Credentials::new("user", "not-the-password");
    let mut refused = tinyauth.login(&wrong).await.expect_err("wrong");
    for _ in 0..10 {
        assert!(refused.is_unauthorized() || matches!(refused.refusal(), Some(Refusal::Locked { .. })), "{refused}");
        refused = tinyauth.login(&wrong).await.expect_err("wrong");
    }
    let wait = refused.retry_after().expect("the wait is told");
    assert!(matches!(refused.refusal(), Some(Refusal::Locked { wait: Some(told), .. }) if *told == wait), "{refused}");
    assert!(!refused.is_unauthorized());
    assert!(tinyauth.login(&user()).await.is_err(), "the right one is held off as well");
    server.clock().advance(wait);
    logged_in(&tinyauth).await;
}

#[tokio::test]
async fn basic_lets_a_user_in_without_a_login_and_no_account_with_totp() {
    let (_server, tinyauth) = server().await;
    assert_eq!(tinyauth.basic(user()).user().await.expect("let in").username, "user");
    for refused in [Credentials::new("user", "wrong"), Credentials::new("totp", "password")] {
        let refused = tinyauth.basic(refused);
        assert!(refused.user().await.expect_err("refused").is_unauthorized());
        assert!(matches!(refused.authorize(&request()).await, Ok(Decision::Denied { .. })));
    }
}

/// What a visitor's request brings who has these credentials.
fn brought_by(access: &Access) -> HeaderMap {
    let base = "http://localhost".parse().expect("a base URL");
    let asked = probity::tinyauth::GetUser.request(&base, access).expect("a request");
    asked
        .headers()
        .iter()
        .filter(|(name, _)| [COOKIE, AUTHORIZATION].contains(name))
        .map(|(n, v)| (n.clone(), v.clone()))
        .collect()
}

/// In API mode, and in a browser's.
fn modes(proxy: Proxy) -> [(ForwardedRequest, bool); 2] {
    let request = request().proxy(proxy);
    [(request.clone(), false), (request.accept(BROWSER), true)]
}

#[tokio::test]
async fn who_is_logged_in_passes_by_each_proxy_in_each_mode() {
    let (_server, tinyauth) = server().await;
    let session = logged_in(&tinyauth).await;
    for proxy in PROXIES {
        for (request, _) in modes(proxy) {
            for access in [cookie_of(&session).into(), Access::from(user())] {
                for access in [Access::of(&brought_by(&access)), access] {
                    let decision = decision(&tinyauth, &request, access).await;
                    let Decision::Allowed(identity) = decision else { panic!("{request:?}: {decision:?}") };
                    assert_eq!(identity.user.as_deref(), Some("user"), "{request:?}");
                }
            }
            assert!(matches!(session.authorize(&request).await, Ok(Decision::Allowed(_))), "{request:?}");
        }
    }
}

#[tokio::test]
async fn who_is_not_is_denied_or_sent_to_log_in() {
    let (_server, tinyauth) = server().await;
    let forged = SessionCookie::import("tinyauth-session-1=forged").expect("a cookie");
    for proxy in PROXIES {
        for (request, is_browser) in modes(proxy) {
            for access in [
                Access::Anonymous,
                forged.clone().into(),
                Credentials::new("user", "wrong").into(),
                Credentials::new("totp", "password").into(),
            ] {
                let is_api = !is_browser || proxy == Proxy::Nginx || matches!(access, Access::Basic(_));
                for access in [Access::of(&brought_by(&access)), access] {
                    match decision(&tinyauth, &request, access.clone()).await {
                        Decision::Denied { status, .. } => assert!(is_api && status == 401, "{request:?} {access:?}"),
                        Decision::LoginAt(url) => {
                            assert!(!is_api, "{request:?} {access:?}");
                            let address = "https://app.example.com/a?b=c";
                            assert!(url.query_pairs().any(|(_, value)| value == address), "{url}");
                        }
                        Decision::Allowed(identity) => panic!("{request:?} {access:?}: {identity:?}"),
                    }
                }
            }
        }
    }
}

/// Opening the provider's page, where the user approves. Any application can write such an endpoint.
struct Approve<'a> {
    page: &'a str,
}

impl Endpoint for Approve<'_> {
    type Credential = ();
    type Output = Url;
    type Refusal = Refusal;
    const NAME: &'static str = "provider.approve";

    fn request(&self, _: &BaseUrl, (): &()) -> Result<http::Request<Bytes>, ConfigurationError> {
        Ok(http::Request::get(self.page).body(Bytes::new())?)
    }

    fn secrets<'a>(&'a self, (): &()) -> Vec<&'a str> {
        Vec::new()
    }

    fn read(&self, response: &http::Response<Bytes>) -> Result<Url, Error> {
        let location = response.headers().get("location").expect("the browser is sent back");
        Ok(location.to_str().expect("text").parse().expect("a URL"))
    }
}

/// The reference server with users who log in by the provider `generic`, which runs beside it.
async fn with_provider() -> (IdentityProvider, tinyauth::Builder) {
    let provider = ReferenceServer::identity_provider().start().await.expect("the provider starts");
    let providers = vec![tinyauth::Provider::generic(&provider)];
    let seed = tinyauth::Seed { providers, ..tinyauth::Seed::document() };
    (provider, ReferenceServer::tinyauth().seed(seed))
}

async fn approved(login: &probity::tinyauth::OAuthLogin) -> AuthorizationResponse {
    let provider = Client::builder("http://localhost").build().expect("a client");
    let callback = provider.call(Approve { page: login.url() }, ()).await.expect("approved");
    assert!(callback.path().ends_with("/api/oauth/callback/generic"), "{callback}");
    AuthorizationResponse::in_url(&callback).expect("a code")
}

#[tokio::test]
async fn a_user_logs_in_by_a_provider() {
    let (_provider, builder) = with_provider().await;
    let (_server, tinyauth) = started(builder).await;
    let login = tinyauth.oauth_url(Provider::Generic, None).await.expect("a login");
    let session = tinyauth.oauth_callback(&login, &approved(&login).await).await.expect("a session");
    let user = session.user().await.expect("logged in");
    assert_eq!((user.provider, user.oauth), (Provider::Generic, true));
    let Ok(Decision::Allowed(identity)) = session.authorize(&request()).await else { panic!("let in") };
    assert_eq!((identity.user, identity.email), (Some(user.username), Some(user.email)));
}

#[tokio::test]
async fn a_login_by_a_provider_belongs_to_who_began_it_and_counts_once() {
    let (_provider, builder) = with_provider().await;
    let (_server, tinyauth) = started(builder).await;
    let begin =
        || async { tinyauth.oauth_url("generic", Some("https://app.example.com/a?b=c")).await.expect("a login") };
    let (mine, theirs) = (begin().await, begin().await);
    let (my_answer, their_answer) = (approved(&mine).await, approved(&theirs).await);
    tinyauth.oauth_callback(&mine, &their_answer).await.expect_err("another's");
    tinyauth.oauth_callback(&mine, &AuthorizationResponse::new("a-code-that-nobody-gave")).await.expect_err("no code");
    tinyauth.oauth_callback(&theirs, &their_answer).await.expect("a session");
    tinyauth.oauth_callback(&theirs, &their_answer).await.expect_err("used");
    tinyauth.oauth_callback(&mine, &my_answer).await.expect("a session");
}

#[tokio::test]
async fn a_provider_that_is_not_set_up_is_told() {
    let (_server, tinyauth) = server().await;
    let error = tinyauth.oauth_url(Provider::Github, None).await.expect_err("not set up");
    assert_eq!(error.refusal(), Some(&Refusal::NotFound), "{error}");
}

#[tokio::test]
async fn releases_are_logged_in_to_as_the_document_is() {
    for release in API.releases {
        let (_provider, builder) = with_provider().await;
        let (server, tinyauth) = started(builder.deviations(tinyauth::Deviation::of(release))).await;
        tinyauth.healthcheck().await.expect(release.name);
        tinyauth.app().await.expect(release.name);

        let session = logged_in(&tinyauth).await;
        let coded = waiting(&tinyauth).await.verify(code(&server)).await.expect(release.name);
        let begun = tinyauth.oauth_url("generic", None).await.expect(release.name);
        let provided = tinyauth.oauth_callback(&begun, &approved(&begun).await).await.expect(release.name);
        for session in [session, coded, provided] {
            session.user().await.expect(release.name);
            let browser = request().accept(BROWSER);
            assert!(matches!(session.authorize(&browser).await, Ok(Decision::Allowed(_))), "{}", release.name);
            assert!(matches!(decision(&tinyauth, &browser, Access::Anonymous).await, Decision::LoginAt(_)));
            session.logout().await.expect(release.name);
        }
        let nobody = tinyauth.basic(Credentials::new("user", "wrong")).user().await.expect_err(release.name);
        assert!(nobody.is_unauthorized(), "{}: {nobody}", release.name);
    }
}
