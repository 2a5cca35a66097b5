//! Sends events in one of several ways, for `cargo xtask bench` to measure: `bench-client WAY URL NUMBER`. What is measured by
//! the clock is printed, in events a second.

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy::Client as Hyper;
use hyper_util::rt::TokioExecutor;
use probity::umami::{Event, Receipt, Umami};
use program::failed;
use serde::{Deserialize, Serialize};
use std::error::Error;
use std::hint::black_box;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

type Trouble = Box<dyn Error + Send + Sync>;

const WEBSITE: &str = "your-website-id";
const USER_AGENT: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [way, url, number] = &arguments[..] else { return failed("usage: bench-client WAY URL NUMBER") };
    let Ok(number) = number.parse() else { return failed("NUMBER is no number") };
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(error),
    };
    let done = runtime.block_on(async {
        match way.as_str() {
            "sdk" => sdk(url, number).await,
            "reqwest" => by_reqwest(url, number).await,
            "reqwest-alone" => by_reqwest_alone(url, number).await,
            "hyper" => by_hyper(url, number).await,
            "sequential" => timed(number, sdk(url, number)).await,
            "concurrent" => timed(number, concurrent(url, number)).await,
            "loaded" => timed(number, loaded(url, number)).await,
            "visitors" => visitors(url, number).await,
            "tracker" => timed(number, tracked(url, number)).await,
            "track" => track(url, number).await,
            other => Err(format!("{other} is no way to send").into()),
        }
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failed(format!("{way}: {error}")),
    }
}

/// An event as an application has it.
fn event() -> Event {
    Event::page_view(WEBSITE)
        .url("/pricing?utm_source=news")
        .title("Pricing")
        .hostname("example.com")
        .language("en-US")
        .referrer("https://search.example/")
        .screen("1920x1080")
        .user_agent(USER_AGENT)
}

async fn sdk(url: &str, number: u64) -> Result<(), Trouble> {
    let (umami, event) = (Umami::new(url)?, event());
    for _ in 0..number {
        recorded(&umami.send(&event).await?)?;
    }
    Ok(())
}

fn recorded(receipt: &Receipt) -> Result<(), Trouble> {
    match receipt {
        Receipt::Recorded { .. } => Ok(()),
        _ => Err("an event was not recorded".into()),
    }
}

async fn concurrent(url: &str, number: u64) -> Result<(), Trouble> {
    const AT_ONCE: u64 = 32;
    let (umami, event) = (Arc::new(Umami::new(url)?), Arc::new(event()));
    let mut senders = JoinSet::new();
    for _ in 0..AT_ONCE {
        let (umami, event) = (umami.clone(), event.clone());
        senders.spawn(async move {
            for _ in 0..number / AT_ONCE {
                recorded(&umami.send(&event).await?)?;
            }
            Ok::<_, Trouble>(())
        });
    }
    while let Some(sender) = senders.join_next().await {
        sender??;
    }
    Ok(())
}

async fn tracked(url: &str, number: u64) -> Result<(), Trouble> {
    let queue = usize::try_from(number)?;
    let tracker = Umami::new(url)?.tracker().queue(queue).start()?;
    let event = event();
    for _ in 0..number {
        tracker.track(event.clone());
    }
    let counts = tracker.shutdown(Duration::from_secs(60)).await;
    match counts.recorded == number {
        true => Ok(()),
        false => Err(format!("not all were recorded: {counts:?}").into()),
    }
}

/// Events of a tenth as many visitors, in batches.
async fn visitors(url: &str, number: u64) -> Result<(), Trouble> {
    const IN_A_BATCH: u64 = 500;
    let umami = Umami::new(url)?;
    for first in (0..number).step_by(IN_A_BATCH as usize) {
        let of = |event_number: u64| event().distinct_id(format!("visitor-{}", event_number % (number / 10)));
        let events: Vec<_> = (first..number.min(first + IN_A_BATCH)).map(of).collect();
        let recorded = umami.batch(&events).await?.recorded();
        if recorded != Some(events.len() as u64) {
            return Err(format!("of {} events {recorded:?} were recorded", events.len()).into());
        }
    }
    Ok(())
}

/// What `track` costs the caller over cloning the event, in nanoseconds: the median of rounds.
async fn track(url: &str, number: u64) -> Result<(), Trouble> {
    const ROUNDS: usize = 21;
    let event = event();
    let mut more = Vec::new();
    for _ in 0..ROUNDS {
        let queue = usize::try_from(number)?;
        let tracker = Umami::new(url)?.tracker().queue(queue).start()?;
        let mut clones = Vec::with_capacity(queue);
        let began = Instant::now();
        for _ in 0..number {
            clones.push(black_box(event.clone()));
        }
        let cloning = began.elapsed().as_secs_f64();
        drop(clones);
        let began = Instant::now();
        for _ in 0..number {
            tracker.track(black_box(event.clone()));
        }
        more.push((began.elapsed().as_secs_f64() - cloning) * 1e9 / number as f64);
        let counts = tracker.shutdown(Duration::from_secs(60)).await;
        if counts.recorded != number {
            return Err(format!("not all were recorded: {counts:?}").into());
        }
    }
    more.sort_by(f64::total_cmp);
    tell(more[ROUNDS / 2]);
    Ok(())
}

fn tell(figure: f64) {
    program::say(format_args!("{figure:.1}"));
}

async fn timed(number: u64, sending: impl Future<Output = Result<(), Trouble>>) -> Result<(), Trouble> {
    let began = Instant::now();
    sending.await?;
    tell(number as f64 / began.elapsed().as_secs_f64());
    Ok(())
}

// ── the same call, written by hand ────────────────────────────────────────────────────────────────────────────────

#[derive(Serialize)]
struct Envelope<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    payload: Payload<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Payload<'a> {
    website: &'a str,
    url: &'a str,
    title: &'a str,
    hostname: &'a str,
    language: &'a str,
    referrer: &'a str,
    screen: &'a str,
    user_agent: &'a str,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "it is decoded, as an application would")]
struct Answer {
    cache: String,
    session_id: String,
    visit_id: String,
}

const ENVELOPE: Envelope<'_> = Envelope {
    kind: "event",
    payload: Payload {
        website: WEBSITE,
        url: "/pricing?utm_source=news",
        title: "Pricing",
        hostname: "example.com",
        language: "en-US",
        referrer: "https://search.example/",
        screen: "1920x1080",
        user_agent: USER_AGENT,
    },
};

async fn by_reqwest(url: &str, number: u64) -> Result<(), Trouble> {
    let client = reqwest::Client::builder().timeout(Duration::from_secs(30)).build()?;
    for _ in 0..number {
        let request = client.post(format!("{url}/api/send")).header("User-Agent", USER_AGENT).json(&ENVELOPE);
        black_box(request.send().await?.error_for_status()?.json::<Answer>().await?);
    }
    Ok(())
}

/// What reqwest itself takes: nothing is left to do but to hand it what is ready, and to take the bytes of the answer.
async fn by_reqwest_alone(url: &str, number: u64) -> Result<(), Trouble> {
    let client = reqwest::Client::builder().timeout(Duration::from_secs(30)).build()?;
    let request = client.post(format!("{url}/api/send")).header("User-Agent", USER_AGENT).json(&ENVELOPE).build()?;
    let body = Bytes::from(serde_json::to_vec(&ENVELOPE)?);
    for _ in 0..number {
        let mut ready = reqwest::Request::new(request.method().clone(), request.url().clone());
        *ready.headers_mut() = request.headers().clone();
        *ready.body_mut() = Some(body.clone().into());
        black_box(client.execute(ready).await?.bytes().await?);
    }
    Ok(())
}

async fn by_hyper(url: &str, number: u64) -> Result<(), Trouble> {
    let client = Hyper::builder(TokioExecutor::new()).build_http::<Full<Bytes>>();
    let uri: http::Uri = format!("{url}/api/send").parse()?;
    for _ in 0..number {
        let request = request(&uri, serde_json::to_vec(&ENVELOPE)?.into())?;
        let answer = client.request(request).await?.into_body().collect().await?.to_bytes();
        black_box(serde_json::from_slice::<Answer>(&answer)?);
    }
    Ok(())
}

fn request(uri: &http::Uri, body: Bytes) -> http::Result<http::Request<Full<Bytes>>> {
    http::Request::post(uri.clone())
        .header("user-agent", USER_AGENT)
        .header("content-type", "application/json")
        .header("accept", "application/json")
        .body(Full::new(body))
}

/// As many requests as a server can answer on 64 connections, by a client that does as little as it can.
async fn loaded(url: &str, number: u64) -> Result<(), Trouble> {
    const CONNECTIONS: u64 = 64;
    let client = Hyper::builder(TokioExecutor::new()).build_http::<Full<Bytes>>();
    let uri: http::Uri = format!("{url}/api/send").parse()?;
    let body = Bytes::from(serde_json::to_vec(&ENVELOPE)?);
    let mut senders = JoinSet::new();
    for _ in 0..CONNECTIONS {
        let (client, uri, body) = (client.clone(), uri.clone(), body.clone());
        senders.spawn(async move {
            for _ in 0..number / CONNECTIONS {
                let answer = client.request(request(&uri, body.clone())?).await?;
                let status = answer.status();
                answer.into_body().collect().await?;
                if !status.is_success() {
                    return Err(format!("an event was answered {status}").into());
                }
            }
            Ok::<_, Trouble>(())
        });
    }
    while let Some(sender) = senders.join_next().await {
        sender??;
    }
    Ok(())
}
