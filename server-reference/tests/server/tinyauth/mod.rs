//! Tinyauth's API, section by section; and each deviation, beside the server that does not have it.

mod anything;
mod app;
mod auth;
mod basic;
mod healthcheck;
mod login;
mod logout;
mod mode;
mod oauth_callback;
mod oauth_url;
mod page;
mod recorded;
mod samples;
mod session;
mod totp;
mod user;

use crate::wire::{Answer, Request};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use probity_fixtures::tinyauth::operation;
use probity_server::identity::{self, IdentityProvider};
use probity_server::tinyauth::{Deviation, Provider, Seed, TotpSecret, User};
use probity_server::{Clock, ReferenceServer, RunningServer};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use std::time::{Duration, SystemTime};
use totp_rs::{Builder as Codes, Secret};

const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const STEP: Duration = Duration::from_secs(30);

/// A server, and the provider that people can log in by.
struct Stage {
    server: RunningServer,
    provider: IdentityProvider,
    secret: TotpSecret,
    deviations: Vec<Deviation>,
}

/// alice, who is the first user; bob, whose password has colons; and carol, whose account wants a code.
fn users(secret: &TotpSecret) -> Vec<User> {
    vec![
        User::new("alice", "alice's secret"),
        User::new("bob", "bob's: secret: 2"),
        User::new("carol", "carol's secret").totp(secret.clone()),
    ]
}

impl Stage {
    async fn new(deviations: impl IntoIterator<Item = Deviation>) -> Self {
        Self::at(None, deviations).await
    }

    /// With another address than the server's own.
    async fn at(app_url: Option<&str>, deviations: impl IntoIterator<Item = Deviation>) -> Self {
        let secret = TotpSecret::random().expect("randomness");
        Self::with(users(&secret), secret, app_url, deviations).await
    }

    /// With other users; the secret is that of whoever has one.
    async fn with(
        users: Vec<User>,
        secret: TotpSecret,
        app_url: Option<&str>,
        deviations: impl IntoIterator<Item = Deviation>,
    ) -> Self {
        let clock = Clock::standing();
        let mut people = identity::Seed::default();
        people.clients[0].redirect_uris.extend(app_url.map(|url| format!("{url}/api/oauth/callback/generic")));
        let provider = ReferenceServer::identity_provider().seed(people).clock(clock.clone()).start();
        let provider = provider.await.expect("a free port");
        let seed = Seed {
            users,
            app_url: app_url.map(|url| url.parse().expect("a URL")),
            providers: vec![Provider::generic(&provider)],
        };
        let deviations: Vec<_> = deviations.into_iter().collect();
        let builder = ReferenceServer::tinyauth().seed(seed).deviations(deviations.iter().copied()).clock(clock);
        Self { server: builder.start().await.expect("a free port"), provider, secret, deviations }
    }

    async fn send(&self, request: Request) -> Answer {
        request.send(self.server.url()).await
    }

    /// The session cookie that a request is answered with.
    async fn session(&self, request: Request) -> String {
        let answer = self.send(request).await;
        session_of(&answer).unwrap_or_else(|| panic!("no session: {}", answer.body))
    }

    /// Whether a cookie is somebody's, and whose.
    async fn user_of(&self, cookie: impl Into<String>) -> Option<String> {
        username(&self.send(user().header("Cookie", cookie)).await)
    }

    /// Whether a cookie is let in.
    async fn lets_in(&self, cookie: impl Into<String>) -> bool {
        self.send(auth("traefik").header("Cookie", cookie)).await.status == 200
    }

    /// carol's code of the moment, or of some steps before or after.
    fn code(&self, steps: i64) -> String {
        let now = self.server.clock().now().duration_since(SystemTime::UNIX_EPOCH).expect("after 1970").as_secs();
        let time = now.checked_add_signed(steps * 30).expect("after 1970");
        let secret = Secret::try_from_base32(self.secret.base32().expose_secret()).expect("base32");
        Codes::new().with_secret(secret).build_noncompliant().generate(time).to_string()
    }

    /// carol's, of whom a code is wanted.
    async fn pending(&self) -> String {
        self.session(carol()).await
    }

    fn advance(&self, by: Duration) {
        self.server.clock().advance(by);
    }
}

fn login_with(body: impl Into<String>) -> Request {
    Request::new("POST", operation::LOGIN.path).body(body)
}

fn login_as(name: impl Into<Value>, password: impl Into<Value>) -> Request {
    login_with(json!({"email": name.into(), "password": password.into()}).to_string())
}

fn alice() -> Request {
    login_as("alice", "alice's secret")
}

fn bob() -> Request {
    login_as("bob", "bob's: secret: 2")
}

fn carol() -> Request {
    login_as("carol", "carol's secret")
}

fn totp_with(body: impl Into<String>) -> Request {
    Request::new("POST", operation::TOTP.path).body(body)
}

fn totp(code: impl Into<Value>) -> Request {
    totp_with(json!({"code": code.into()}).to_string())
}

fn logout() -> Request {
    Request::new("POST", operation::LOGOUT.path)
}

fn user() -> Request {
    Request::new("GET", operation::USER.path)
}

fn app() -> Request {
    Request::new("GET", operation::APP.path)
}

fn auth(proxy: &str) -> Request {
    Request::new("GET", operation::AUTH.path.replace("{proxy}", proxy))
}

/// What a proxy asks about a browser that wants to see a page of an app.
fn browser(proxy: &str) -> Request {
    auth(proxy)
        .header("Accept", BROWSER)
        .header("X-Forwarded-Proto", "https")
        .header("X-Forwarded-Host", "app.test")
        .header("X-Forwarded-Uri", "/a/b?x=1&y=%20z")
}

fn basic(request: Request, name: &str, password: &str) -> Request {
    request.header("Authorization", format!("Basic {}", BASE64_STANDARD.encode(format!("{name}:{password}"))))
}

/// What a browser keeps of the cookies whose name begins so, ready to be sent: `None` if there is none, or it is deleted.
fn kept(answer: &Answer, beginning: &str) -> Option<String> {
    let cookies = answer.headers("Set-Cookie").filter(|cookie| cookie.starts_with(beginning));
    let kept = cookies.filter(|cookie| !cookie.contains("Max-Age=0")).last()?;
    kept.split(';').next().map(str::to_owned)
}

fn session_of(answer: &Answer) -> Option<String> {
    kept(answer, "tinyauth-session-")
}

/// A cookie without its end.
fn cut_short(cookie: &str) -> &str {
    &cookie[..cookie.len() - 4]
}

/// Who is logged in, as `/api/user` tells it.
fn username(answer: &Answer) -> Option<String> {
    let body = answer.json();
    (body["isLoggedIn"] == true).then(|| body["username"].as_str().expect("a name").to_owned())
}

fn refusal(status: u16, message: &str) -> Value {
    json!({"status": status, "message": message})
}

/// Whether a deviation shows on a server. `None`: it is of another section.
macro_rules! sections {
    ($($section:ident),+) => {
        async fn departs(deviation: Deviation, stage: &Stage) -> Option<bool> {
            $(if let Some(departs) = $section::departs(deviation, stage).await {
                return Some(departs);
            })+
            None
        }
    };
}

sections!(basic, mode, session, healthcheck, auth, login, totp, logout, app, user, oauth_url, oauth_callback);

#[tokio::test]
async fn a_deviation_changes_what_it_says_and_without_it_that_does_not_happen() {
    for deviation in Deviation::ALL.iter().copied() {
        let shows = departs(deviation, &Stage::new([deviation]).await).await;
        assert_eq!(shows, Some(true), "{deviation:?} has no effect");
        let shows = departs(deviation, &Stage::new([]).await).await;
        assert_eq!(shows, Some(false), "{deviation:?} is seen without being asked for");
    }
}
