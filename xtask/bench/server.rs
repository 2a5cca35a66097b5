//! Takes events in one of several ways, for `cargo xtask bench` to measure: `bench-server WAY`. It prints where it answers, and
//! ends with its standard input.

use axum::Router;
use axum::body::Bytes;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::routing::post;
use probity_server::ReferenceServer;
use program::{failed, say};
use serde_json::{Value, json};
use std::error::Error;
use std::io::Read as _;
use std::process::ExitCode;
use std::time::Duration;

const RECEIPT: &str = concat!(
    r#"{"cache":"eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJ3ZWJzaXRlSWQiOiJ5b3VyLXdlYnNpdGUtaWQiLCJzZXNzaW9uSWQiOiI"#,
    r#"wMTIzNDU2Ny04OWFiLTRjZGUtOGYwMS0yMzQ1Njc4OWFiY2QifQ.c2lnbmF0dXJl","sessionId":"01234567-89ab-4cde-8f01-23456789abcd","#,
    r#""visitId":"01234567-89ab-4cde-8f01-23456789abce"}"#
);

fn main() -> ExitCode {
    let way = std::env::args().nth(1).unwrap_or_default();
    let served = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Into::into)
        .and_then(|runtime| runtime.block_on(serve(&way)));
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failed(format!("bench-server {way}: {error}")),
    }
}

async fn serve(way: &str) -> Result<(), Box<dyn Error>> {
    if way == "reference" {
        let server = ReferenceServer::umami().start().await?;
        say(server.url());
        end().await?;
        return Ok(());
    }
    let delay = match way {
        "bare" => Duration::ZERO,
        // As far away as a server in the same country.
        "far" => Duration::from_millis(5),
        other => return Err(format!("{other} is no way to answer").into()),
    };
    let send = async move |body: Bytes| {
        wait(delay).await;
        match serde_json::from_slice::<Value>(&body) {
            Ok(_) => Ok(([(CONTENT_TYPE, "application/json")], RECEIPT)),
            Err(_) => Err(StatusCode::BAD_REQUEST),
        }
    };
    let batch = async move |body: Bytes| {
        wait(delay).await;
        let events = serde_json::from_slice::<Vec<Value>>(&body).map_err(|_| StatusCode::BAD_REQUEST)?.len();
        let answer = json!({ "size": events, "processed": events, "errors": 0, "details": [], "cache": "CACHE" });
        Ok::<_, StatusCode>(([(CONTENT_TYPE, "application/json")], answer.to_string()))
    };
    let router = Router::new().route("/api/send", post(send)).route("/api/batch", post(batch));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    say(format!("http://{}", listener.local_addr()?));
    tokio::select! {
        served = axum::serve(listener, router).into_future() => Ok(served?),
        ended = end() => Ok(ended?),
    }
}

async fn wait(delay: Duration) {
    if !delay.is_zero() {
        tokio::time::sleep(delay).await;
    }
}

/// Waits until nobody is there any more who started it.
async fn end() -> std::io::Result<()> {
    let read = tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new()));
    read.await.map_err(std::io::Error::other)?.map(drop)
}
