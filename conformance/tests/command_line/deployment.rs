//! A deployment to run against: the reference server, on a thread of its own.

use probity_server::umami::{Deviation, Role, Seed, User};
use probity_server::{ReferenceServer, RunningServer};
use serde_json::{Value, json};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::mpsc;

pub(crate) const USERNAME: &str = "operator";
pub(crate) const PASSWORD: &str = "pa$$ w\"ord/with 'quotes' & ünïcode";

/// A server that answers until it is dropped.
pub(crate) struct Deployment {
    pub(crate) url: String,
    _stop: mpsc::Sender<()>,
}

impl Deployment {
    pub(crate) fn umami(deviations: &[Deviation]) -> Self {
        let deviations = deviations.to_vec();
        let (stop, stopped) = mpsc::channel::<()>();
        let (tell, told) = mpsc::channel();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
            let runtime = runtime.expect("a runtime starts");
            let server = runtime.block_on(start(deviations));
            tell.send(server.url().to_owned()).expect("the test waits for it");
            // Ends when the deployment is dropped.
            let _ = stopped.recv();
        });
        Self { url: told.recv().expect("the server starts"), _stop: stop }
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

async fn start(deviations: Vec<Deviation>) -> RunningServer {
    let user = User { role: Role::Admin, ..User::new(USERNAME, PASSWORD) };
    let seed = Seed { users: vec![user, User::new("second", "another password")], websites: Vec::new() };
    ReferenceServer::umami().seed(seed).deviations(deviations).start().await.expect("a free port")
}
