//! Umami's API, section by section; and each deviation, beside the server that does not have it.

mod authorization;
mod batch;
mod counted;
mod login;
mod recorded;
mod recording;
mod samples;
mod send;
mod verify;
mod website;
mod websites;

use crate::wire::{Answer, Request};
use probity_fixtures::{Operation, umami::operation};
use probity_server::umami::{Deviation, Role, Seed, User, Website};
use probity_server::{Clock, ReferenceServer, RunningServer};
use serde_json::{Value, json};
use std::time::Duration;

const SHOP: &str = "11111111-2222-4333-8444-555555555555";
const BLOG: &str = "346abcfb-6694-4415-9bea-ba7c310989f2";
const BOBS: &str = "00000000-0000-4000-8000-000000000001";

/// alice, an admin, who is the first user, and bob.
fn seed() -> Seed {
    Seed {
        users: vec![
            User { role: Role::Admin, ..User::new("alice", "alice's secret") },
            User::new("bob", "bob's secret"),
        ],
        websites: vec![
            Website { id: SHOP.to_owned(), ..Website::new("Shop", "shop.example", "alice") },
            Website { id: BLOG.to_owned(), ..Website::new("Blog", "words.example", "alice") },
            Website { id: BOBS.to_owned(), ..Website::new("Bob's", "bob.example", "bob") },
        ],
    }
}

async fn server(deviations: impl IntoIterator<Item = Deviation>) -> RunningServer {
    let builder = ReferenceServer::umami().seed(seed()).deviations(deviations).clock(Clock::standing());
    builder.start().await.expect("a free port")
}

fn login_with(body: impl Into<String>) -> Request {
    Request::new("POST", operation::LOGIN.path).body(body)
}

fn login_as(username: impl Into<Value>, password: impl Into<Value>) -> Request {
    login_with(json!({"username": username.into(), "password": password.into()}).to_string())
}

fn alice() -> Request {
    login_as("alice", "alice's secret")
}

fn bob() -> Request {
    login_as("bob", "bob's secret")
}

async fn token(server: &RunningServer, login: Request) -> String {
    let answer = login.send(server.url()).await.json();
    answer["token"].as_str().expect("a token").to_owned()
}

/// Sends a request with the token of a login.
async fn as_user(server: &RunningServer, login: Request, request: Request) -> Answer {
    let token = token(server, login).await;
    request.header("Authorization", format!("Bearer {token}")).send(server.url()).await
}

fn verify() -> Request {
    Request::new("POST", operation::VERIFY.path)
}

fn websites(query: &str) -> Request {
    Request::new("GET", format!("{}{query}", operation::WEBSITES.path))
}

/// What lies below a website.
fn of_website(operation: &Operation, website: &str, query: &str) -> Request {
    let path = operation.path.replace("{websiteId}", website);
    Request::new(operation.method, format!("{path}{query}"))
}

/// All that is kept of a website's events.
fn events_of(website: &str) -> Request {
    of_website(operation::EVENTS, website, "?startAt=0&endAt=9999999999999")
}

/// The counts of all that is kept.
fn stats_of(website: &str) -> Request {
    of_website(operation::STATS, website, "?startAt=0&endAt=9999999999999")
}

fn error(message: &str, code: &str, status: u16) -> Value {
    json!({"error": {"message": message, "code": code, "status": status}})
}

fn bad_request(faults: Value) -> Value {
    let mut error = error("Bad request", "bad-request", 400);
    let members = error["error"].as_object_mut().expect("an object");
    members.extend(faults.as_object().expect("an object").clone());
    error
}

/// A deviation, a request that shows it, and how its answer departs.
struct Shown {
    deviation: Deviation,
    request: Request,
    authorization: Option<fn(&str) -> String>,
    by: fn() -> Request,
    after: Duration,
    times: usize,
    then: Option<Request>,
    departs: fn(&Answer) -> bool,
}

fn shown(deviation: Deviation, request: Request, departs: fn(&Answer) -> bool) -> Shown {
    Shown { deviation, request, departs, authorization: None, by: alice, after: Duration::ZERO, times: 1, then: None }
}

impl Shown {
    /// The request carries this, made of the token of alice's login.
    fn authorized(mut self, authorization: fn(&str) -> String) -> Self {
        self.authorization = Some(authorization);
        self
    }

    /// The token is of bob's login.
    fn by_bob(mut self) -> Self {
        self.by = bob;
        self
    }

    /// The request is sent so long after the login.
    fn after(mut self, time: Duration) -> Self {
        self.after = time;
        self
    }

    /// It is sent so often, and the last answer counts.
    fn times(mut self, times: usize) -> Self {
        self.times = times;
        self
    }

    /// It is the answer to this request of alice's that counts, sent after it.
    fn seen_in(mut self, then: Request) -> Self {
        self.then = Some(then);
        self
    }

    async fn departs_on(&self, server: &RunningServer) -> bool {
        let mut request = self.request.clone();
        if let Some(authorization) = self.authorization {
            let token = token(server, (self.by)()).await;
            request = request.header("Authorization", authorization(&token));
        }
        server.clock().advance(self.after);
        let mut answer = request.send(server.url()).await;
        for _ in 1..self.times {
            answer = request.send(server.url()).await;
        }
        if let Some(then) = &self.then {
            answer = as_user(server, alice(), then.clone()).await;
        }
        (self.departs)(&answer)
    }
}

fn all_shown() -> Vec<Shown> {
    [login::deviations(), authorization::deviations(), websites::deviations(), verify::deviations(), send::deviations()]
        .into_iter()
        .flatten()
        .collect()
}

#[test]
fn every_deviation_is_shown() {
    let shown: Vec<_> = all_shown().iter().map(|shown| shown.deviation).collect();
    for deviation in Deviation::ALL {
        assert!(shown.contains(deviation), "{deviation:?}");
    }
}

#[tokio::test]
async fn a_deviation_changes_what_it_says_and_without_it_that_does_not_happen() {
    for shown in all_shown() {
        let deviation = shown.deviation;
        assert!(shown.departs_on(&server([deviation]).await).await, "{deviation:?} has no effect");
        assert!(!shown.departs_on(&server([]).await).await, "{deviation:?} is seen without being asked for");
    }
}
