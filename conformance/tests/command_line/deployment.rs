//! A deployment to run against: the reference server, on a thread of its own.

use probity_conformance::SUITES;
use probity_fixtures::umami as fixtures;
use probity_server::umami::{Deviation, Role, Seed, User};
use probity_server::{ReferenceServer, RunningServer, uptinio};
use serde_json::{Value, json};
use std::any::Any;
use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::mpsc;

pub(crate) const USERNAME: &str = "operator";
pub(crate) const PASSWORD: &str = "pa$$ w\"ord/with 'quotes' & ünïcode";

/// A server that answers until it is dropped.
pub(crate) struct Deployment {
    pub(crate) url: String,
    /// What a configuration would give for it.
    pub(crate) values: BTreeMap<&'static str, String>,
    _stop: mpsc::Sender<()>,
}

impl Deployment {
    /// Umami with the user [`USERNAME`].
    pub(crate) fn umami(deviations: &[Deviation]) -> Self {
        Self::umami_for(USERNAME, PASSWORD, deviations.to_vec())
    }

    /// Umami as a release of it, or as its document where there is none of this name.
    pub(crate) fn umami_of(username: &'static str, password: &'static str, release: &str) -> Self {
        let release = fixtures::API.release(release);
        let departures = release.map_or(&[][..], |release| release.departures);
        let of_release = |deviation: &&Deviation| departures.iter().any(|one| one.deviation.id == deviation.id());
        Self::umami_for(username, password, Deviation::ALL.iter().filter(of_release).copied().collect())
    }

    fn umami_for(username: &'static str, password: &'static str, deviations: Vec<Deviation>) -> Self {
        Self::kept(async move || {
            let server = start(username, password, deviations).await;
            let values = [("username", username.to_owned()), ("password", password.to_owned())];
            (server.url().to_owned(), values.into(), Box::new(server) as Box<dyn Any>)
        })
    }

    /// Tinyauth with the document's user, whose address it makes of its own.
    pub(crate) fn tinyauth() -> Self {
        Self::kept(async move || {
            let server = ReferenceServer::tinyauth().start().await.expect("a free port");
            (server.url().to_owned(), BTreeMap::new(), Box::new(server) as Box<dyn Any>)
        })
    }

    /// The embedded server of an API, with the users that it has in a run.
    pub(crate) fn of(api: &'static str, deviations: &'static [&'static str]) -> Self {
        let suite = SUITES.iter().find(|suite| suite.api.name == api).expect("an API");
        Self::kept(async move || {
            let embedded = (suite.embed)(deviations, fastrand::Rng::with_seed(7)).await.expect("a free port");
            (embedded.url, embedded.values, embedded.server)
        })
    }

    /// Uptinio, which brings its mails to a relay.
    pub(crate) fn uptinio_by_mail(relay: &str) -> Self {
        let relay = relay.parse().expect("a relay");
        Self::kept(async move || {
            let seed = uptinio::Seed { smtp: Some(relay), ..uptinio::Seed::default() };
            let server = ReferenceServer::uptinio().seed(seed).start().await.expect("a free port");
            (server.url().to_owned(), BTreeMap::new(), Box::new(server) as Box<dyn Any>)
        })
    }

    /// A server that `start` starts, on a thread that lives as long as the deployment.
    fn kept<F>(start: F) -> Self
    where
        F: AsyncFnOnce() -> (String, BTreeMap<&'static str, String>, Box<dyn Any>) + Send + 'static,
    {
        let (stop, stopped) = mpsc::channel::<()>();
        let (tell, told) = mpsc::channel();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
            let runtime = runtime.expect("a runtime starts");
            let (url, values, _server) = runtime.block_on(start());
            tell.send((url, values)).expect("the test waits for it");
            // Ends when the deployment is dropped.
            let _ = stopped.recv();
        });
        let (url, values) = told.recv().expect("the server starts");
        Self { url, values, _stop: stop }
    }
}

/// Sends a request to a server, and returns what it answers.
pub(crate) fn http(url: &str, method: &str, path: &str, token: Option<&str>, body: &Value) -> Value {
    let address = url.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).expect("the server listens");
    let token = token.map(|token| format!("authorization: Bearer {token}\r\n")).unwrap_or_default();
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let length = body.len();
    let head = format!("{method} {path} HTTP/1.1\r\nhost: {address}\r\nuser-agent: {BROWSER}\r\n{token}");
    let request = format!("{head}content-length: {length}\r\nconnection: close\r\n\r\n{body}");
    stream.write_all(request.as_bytes()).expect("it reads");
    let mut response = String::new();
    stream.read_to_string(&mut response).expect("it answers text");
    let body = response.split_once("\r\n\r\n").map(|(_, body)| body).unwrap_or_default();
    serde_json::from_str(body).unwrap_or_default()
}

/// A token of the deployment's user.
pub(crate) fn token(url: &str) -> String {
    let login = json!({ "username": USERNAME, "password": PASSWORD });
    let answer = http(url, "POST", "/api/auth/login", None, &login);
    answer["token"].as_str().expect("a token").to_owned()
}

pub(crate) const BROWSER: &str =
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36";

async fn start(username: &str, password: &str, deviations: Vec<Deviation>) -> RunningServer {
    let user = User { role: Role::Admin, ..User::new(username, password) };
    let seed = Seed { users: vec![user, User::new("second", "another password")], websites: Vec::new() };
    ReferenceServer::umami().seed(seed).deviations(deviations).start().await.expect("a free port")
}
