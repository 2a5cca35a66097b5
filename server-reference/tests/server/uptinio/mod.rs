//! Uptinio's API, section by section.

mod anything;
mod authorization;
mod cors;
mod general_status;
mod google;
mod incidents;
mod integrations;
mod limits;
mod network_monitors;
mod project_tokens;
mod quick_register;
mod rate_limit;
mod register;
mod resend;
mod samples;
mod server_metrics;
mod servers;
mod sign_in;
mod sign_out;
mod smtp;
mod user;
mod validate;
mod verify_email;

use crate::wire::{Answer, Request};
use probity_fixtures::{Operation, uptinio::operation};
use probity_server::identity::IdentityProvider;
use probity_server::uptinio::{Deviation, Google, Monitor, MonitorStatus, Plan, Project, Seed, Server, User};
use probity_server::{Clock, ReferenceServer};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

const PASSWORD: &str = "everybody's secret";

/// alice, who has two projects; bob and eve, who have still to be verified, and no mail gets to eve; carol, who is banned;
/// and dave, who pays for more.
fn seed() -> Seed {
    let user = |name: &str| User { name: name.to_owned(), ..User::new(format!("{name}@corp.test"), PASSWORD) };
    let token = |name: &str| Some(format!("{name}s-token").into());
    let monitors = vec![
        Monitor { past_incidents: 2, name: Some("Shop".to_owned()), ..Monitor::new("https://shop.test") },
        Monitor { status: MonitorStatus::Paused, name: Some("Attic".to_owned()), ..Monitor::new("https://attic.test") },
        Monitor { status: MonitorStatus::Failure, name: Some("Blog".to_owned()), ..Monitor::new("https://words.test") },
    ];
    Seed {
        users: vec![
            user("alice"),
            User { verified: false, ..user("bob") },
            User { banned: true, token: token("carol"), ..user("carol") },
            User { plan: Plan::Enterprise, token: token("dave"), ..user("dave") },
            User { verified: false, mail_fails: true, ..user("eve") },
        ],
        projects: vec![
            Project { token: token("shop"), monitors, ..Project::new("alice@corp.test", "Shop") },
            Project { token: token("blog"), ..Project::new("alice@corp.test", "Blog") },
            Project { token: token("bobs-project"), ..Project::new("bob@corp.test", "Bob's") },
            Project { token: token("carols-project"), ..Project::new("carol@corp.test", "Carol's") },
            Project { token: token("daves-project"), ..Project::new("dave@corp.test", "Dave's") },
        ],
        ..Seed::default()
    }
}

/// A server, and the provider that plays Google.
struct Stage {
    server: Server,
    google: IdentityProvider,
}

impl Stage {
    async fn new(deviations: impl IntoIterator<Item = Deviation>) -> Self {
        let clock = Clock::standing();
        let google = ReferenceServer::identity_provider().clock(clock.clone()).start().await.expect("a free port");
        let seed = Seed { google: Some(Google::played_by(&google)), ..seed() };
        let server = ReferenceServer::uptinio().seed(seed).deviations(deviations).clock(clock).start();
        Self { server: server.await.expect("a free port"), google }
    }

    async fn send(&self, request: Request) -> Answer {
        request.send(self.server.url()).await
    }

    fn advance(&self, by: Duration) {
        self.server.clock().advance(by);
    }

    /// The token of somebody who signs in.
    async fn token(&self, name: &str) -> String {
        token_in(&self.send(sign_in(name)).await)
    }

    /// Sends a request with the token of somebody who signs in.
    async fn by(&self, name: &str, request: Request) -> Answer {
        let token = self.token(name).await;
        self.send(bearer(request, &token)).await
    }

    /// Sends a request with the token of alice's first project.
    async fn shop(&self, request: Request) -> Answer {
        self.send(bearer(request, "shops-token")).await
    }

    /// The newest code that was mailed to somebody.
    fn code(&self, address: &str) -> String {
        let code = self.server.outbox().code_for(address);
        code.unwrap_or_else(|| panic!("no code for {address}")).expose_secret().to_owned()
    }

    /// Whether a token is still a user's.
    async fn is_valid(&self, token: &str) -> bool {
        self.send(bearer(to(operation::VALIDATE), token)).await.status == 200
    }
}

/// A request to an operation, without a body.
fn to(operation: &Operation) -> Request {
    Request::new(operation.method, operation.path)
}

/// The same with a query.
fn asking(operation: &Operation, query: &str) -> Request {
    Request::new(operation.method, format!("{}{query}", operation.path))
}

fn sending(operation: &Operation, body: &Value) -> Request {
    to(operation).body(body.to_string())
}

fn bearer(request: Request, token: &str) -> Request {
    request.header("Authorization", format!("Bearer {token}"))
}

fn sign_in_as(email: impl Into<Value>, password: impl Into<Value>) -> Request {
    sending(operation::SIGN_IN, &json!({"user": {"email": email.into(), "password": password.into()}}))
}

fn sign_in(name: &str) -> Request {
    sign_in_as(format!("{name}@corp.test"), PASSWORD)
}

/// The token in the answer to a sign-in.
fn token_in(answer: &Answer) -> String {
    let token = answer.json()["user"]["authentication_token"].as_str().map(str::to_owned);
    token.unwrap_or_else(|| panic!("no token: {} {}", answer.status, answer.body))
}

/// A registration of somebody new.
fn frank() -> Value {
    json!({"user": {
        "email": "frank@corp.test",
        "name": "Frank",
        "password": "frank's secret",
        "password_confirmation": "frank's secret",
    }})
}

fn register(body: &Value) -> Request {
    sending(operation::REGISTER, body)
}

fn verify(code: impl Into<Value>) -> Request {
    sending(operation::VERIFY_EMAIL, &json!({"code": code.into()}))
}

fn resend() -> Request {
    to(operation::RESEND_CODE)
}

fn unsuccessful(error: &str, message: &str) -> Value {
    json!({"success": false, "error": error, "message": message})
}

fn errors<const N: usize>(errors: [&str; N]) -> Value {
    json!({"errors": errors.as_slice()})
}

/// Status and body.
fn told(answer: &Answer) -> (u16, Value) {
    (answer.status, answer.json())
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

sections!(
    register,
    quick_register,
    sign_in,
    authorization,
    validate,
    sign_out,
    google,
    user,
    project_tokens,
    network_monitors,
    servers,
    rate_limit,
    resend,
    cors,
    verify_email
);

#[tokio::test]
async fn a_deviation_changes_what_it_says() {
    for deviation in Deviation::ALL.iter().copied() {
        let shows = departs(deviation, &Stage::new([deviation]).await).await;
        assert_eq!(shows, Some(true), "{deviation:?} has no effect");
    }
}

#[tokio::test]
async fn without_a_deviation_that_does_not_happen() {
    for deviation in Deviation::ALL.iter().copied() {
        let shows = departs(deviation, &Stage::new([]).await).await;
        assert_eq!(shows, Some(false), "{deviation:?} is seen without being asked for");
    }
}
