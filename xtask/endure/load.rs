//! Clients that do what the document says.

use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// No bot's.
const USER_AGENT: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";

/// How many events are sent before they are counted: well below what the server keeps.
const ROUND: u64 = 20_000;

/// A session at the server.
pub(crate) struct Umami {
    http: Client,
    url: String,
    token: String,
}

impl Umami {
    pub(crate) async fn log_in(url: &str) -> Result<Self, String> {
        let http = Client::builder().timeout(Duration::from_secs(30)).build().map_err(|error| error.to_string())?;
        let credentials = json!({ "username": "umami", "password": "umami" });
        let login = http.post(format!("{url}/api/auth/login")).header("Content-Type", "application/json");
        let answer = login.body(credentials.to_string()).send().await.map_err(|error| format!("the login: {error}"))?;
        let body = read(answer).await?;
        let token = body["token"].as_str().ok_or_else(|| format!("the login gave no token: {body}"))?;
        Ok(Self { token: token.to_owned(), http, url: url.to_owned() })
    }

    async fn call(&self, request: reqwest::RequestBuilder) -> Result<Value, String> {
        let answer = request.bearer_auth(&self.token).send().await.map_err(|error| error.to_string())?;
        let status = answer.status();
        let body = read(answer).await?;
        if status.is_success() { Ok(body) } else { Err(format!("{status} with {body}")) }
    }

    async fn new_website(&self) -> Result<String, String> {
        let website = json!({ "name": "Endurance", "domain": "endurance.example" });
        let request = self.http.post(format!("{}/api/websites", self.url)).header("Content-Type", "application/json");
        let body = self.call(request.body(website.to_string())).await?;
        body["id"].as_str().map(str::to_owned).ok_or_else(|| format!("no website was created: {body}"))
    }

    async fn page_views(&self, website: &str) -> Result<u64, String> {
        let stats = format!("{}/api/websites/{website}/stats?startAt=0&endAt=9999999999999", self.url);
        let body = self.call(self.http.get(stats)).await?;
        let views = body["pageviews"].as_u64().or(body["pageviews"]["value"].as_u64());
        views.ok_or_else(|| format!("no page views in {body}"))
    }

    async fn delete(&self, website: &str) -> Result<(), String> {
        let answer = self.http.delete(format!("{}/api/websites/{website}", self.url)).bearer_auth(&self.token).send();
        answer.await.map(drop).map_err(|error| format!("a website cannot be deleted: {error}"))
    }

    /// Sends an event: whether it was taken.
    async fn send(&self, website: &str, number: u64) -> bool {
        let event = json!({ "type": "event", "payload": { "website": website, "url": format!("/page/{number}") } });
        let request = self.http.post(format!("{}/api/send", self.url)).header("User-Agent", USER_AGENT);
        let request = request.header("Content-Type", "application/json").body(event.to_string());
        let Ok(answer) = request.send().await else { return false };
        answer.status() == StatusCode::OK && read(answer).await.is_ok_and(|body| body["sessionId"].is_string())
    }
}

async fn read(answer: reqwest::Response) -> Result<Value, String> {
    let status = answer.status();
    let body = answer.bytes().await.map_err(|error| error.to_string())?;
    serde_json::from_slice(&body).map_err(|_| format!("{status} with {}", String::from_utf8_lossy(&body)))
}

/// What became of one round of events.
pub(crate) struct Round {
    pub(crate) acknowledged: u64,
    pub(crate) refused: u64,
    pub(crate) counted: u64,
}

/// Sends events to a website of their own, by so many at a time, and has them counted.
pub(crate) async fn round(umami: &Arc<Umami>, connections: usize) -> Result<Round, String> {
    let website: Arc<str> = umami.new_website().await?.into();
    let (next, acknowledged) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let senders: Vec<_> = (0..connections)
        .map(|_| {
            let (umami, website, next, acknowledged) =
                (umami.clone(), website.clone(), next.clone(), acknowledged.clone());
            tokio::spawn(async move {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= ROUND {
                        return;
                    }
                    if umami.send(&website, number).await {
                        acknowledged.fetch_add(1, Ordering::Relaxed);
                    }
                }
            })
        })
        .collect();
    for sender in senders {
        sender.await.map_err(|error| format!("a sender: {error}"))?;
    }
    let acknowledged = acknowledged.load(Ordering::Relaxed);
    let counted = umami.page_views(&website).await?;
    umami.delete(&website).await?;
    Ok(Round { acknowledged, refused: ROUND - acknowledged, counted })
}

/// How a client fared that asks for the list of websites, again and again.
#[derive(Default)]
pub(crate) struct Honest {
    pub(crate) served: u64,
    pub(crate) failed: u64,
    pub(crate) slowest: Duration,
}

/// Asks until it is over, each time by a connection of its own.
pub(crate) async fn honest(umami: Arc<Umami>, is_over: Arc<AtomicBool>) -> Honest {
    let mut honest = Honest::default();
    while !is_over.load(Ordering::Relaxed) {
        let began = Instant::now();
        let request = umami.http.get(format!("{}/api/websites", umami.url)).header("Connection", "close");
        match umami.call(request).await {
            Ok(_) => honest.served += 1,
            Err(_) => honest.failed += 1,
        }
        honest.slowest = honest.slowest.max(began.elapsed());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    honest
}
