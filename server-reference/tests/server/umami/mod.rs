//! Umami's API, section by section; and each deviation, beside the server that does not have it.

mod authorization;
mod login;
mod recorded;
mod samples;
mod verify;
mod websites;

use crate::wire::{Answer, Request};
use probity_fixtures::umami::operation;
use probity_server::umami::{Deviation, Role, Seed, User, Website};
use probity_server::{Clock, ReferenceServer, RunningServer};
use serde_json::{Value, json};
use std::time::Duration;

/// alice, an admin, who is the first user, and bob.
fn seed() -> Seed {
    Seed {
        users: vec![
            User { role: Role::Admin, ..User::new("alice", "alice's secret") },
            User::new("bob", "bob's secret"),
        ],
        websites: vec![
            Website::new("Shop", "shop.example", "alice"),
            Website::new("Blog", "words.example", "alice"),
            Website::new("Bob's", "bob.example", "bob"),
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

fn verify() -> Request {
    Request::new("POST", operation::VERIFY.path)
}

fn websites(query: &str) -> Request {
    Request::new("GET", format!("{}{query}", operation::WEBSITES.path))
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
    departs: fn(&Answer) -> bool,
}

fn shown(deviation: Deviation, request: Request, departs: fn(&Answer) -> bool) -> Shown {
    Shown { deviation, request, departs, authorization: None, by: alice, after: Duration::ZERO, times: 1 }
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
        (self.departs)(&answer)
    }
}

fn all_shown() -> Vec<Shown> {
    [login::deviations(), authorization::deviations(), websites::deviations(), verify::deviations()]
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
