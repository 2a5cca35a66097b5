//! Whether the reference server endures: a minute under 64 connections, while others drip, stall, idle, and send more than is
//! taken; and restarts in the middle of it. Called by `cargo xtask endure`.

mod disturbance;
mod load;
mod server;

use load::Umami;
use program::{failed, say};
use server::Server;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// How many send events at a time.
const CONNECTIONS: usize = 64;

/// How many connections do nothing at all.
const IDLE: usize = 2000;

/// How much more memory than at its start the server may take, in MiB: 32 of events, and what 2 200 connections that are
/// open hold of heads and bodies.
const MEMORY: u64 = 96;

/// How long an honest client's slowest answer may take meanwhile, in milliseconds, on a machine that others use as well.
const SLOWEST: u128 = 2000;

fn main() -> ExitCode {
    let is_short = std::env::args().any(|argument| argument == "--short");
    let time = if is_short { Duration::from_secs(5) } else { Duration::from_secs(60) };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(format!("no runtime: {error}")),
    };
    match runtime.block_on(endure(time)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(trouble) => failed(trouble),
    }
}

async fn endure(time: Duration) -> Result<bool, String> {
    let server = Server::start("127.0.0.1:0")?;
    let umami = Arc::new(Umami::log_in(&server.url).await?);
    let idle = server.resident();
    let mut held = true;
    let mut check = |what: &str, holds: bool, figure: String| {
        let sign = if holds { '✓' } else { '✗' };
        say(format!("{sign} {what}: {figure}"));
        held &= holds;
    };

    let is_over = Arc::new(AtomicBool::new(false));
    let peak = tokio::spawn(server.peak(is_over.clone()));
    let disturbances = disturbance::begin(server.address()?, &is_over).await;
    let honest = tokio::spawn(load::honest(umami.clone(), is_over.clone()));
    let began = Instant::now();
    let mut sent = 0;
    let (mut lost, mut refused) = (0, 0);
    while began.elapsed() < time {
        let round = load::round(&umami, CONNECTIONS).await?;
        sent += round.acknowledged;
        lost += round.acknowledged.abs_diff(round.counted);
        refused += round.refused;
    }
    let took = began.elapsed();
    is_over.store(true, Ordering::Relaxed);
    let honest = honest.await.map_err(|error| format!("the honest client: {error}"))?;
    let disturbances = disturbances.end(took).await?;
    let peak = peak.await.map_err(|error| format!("the memory: {error}"))?;

    let rate = sent as f64 / took.as_secs_f64();
    check(
        "events are answered",
        refused == 0,
        format!("{sent} in {:.0} s, {rate:.0} a second; {refused} not", took.as_secs_f64()),
    );
    check("what was acknowledged is counted", lost == 0, format!("{lost} uncounted of {sent}"));
    check(
        "an honest client is served meanwhile",
        honest.failed == 0 && honest.slowest.as_millis() <= SLOWEST,
        format!(
            "{} times, the slowest in {} ms (at most {SLOWEST}); {} failed",
            honest.served,
            honest.slowest.as_millis(),
            honest.failed
        ),
    );
    for (what, holds, figure) in disturbances {
        check(what, holds, figure);
    }
    match (idle, peak) {
        (Some(idle), Some(peak)) => {
            let more = peak.saturating_sub(idle);
            check("memory is bounded", more <= MEMORY, format!("{more} MiB over {idle} MiB (at most {MEMORY})"));
        }
        _ => say("- memory is bounded: not seen, as there is no /proc here"),
    }
    for (what, holds, figure) in restarts(server).await? {
        check(what, holds, figure);
    }
    Ok(held)
}

/// Stops the server in the middle of its work, and starts it on the same address, three times.
async fn restarts(mut server: Server) -> Result<Vec<(&'static str, bool, String)>, String> {
    const TIMES: usize = 3;
    let address = server.address()?.to_string();
    let mut slowest = Duration::ZERO;
    let (mut ended_well, mut served) = (0, 0);
    for _ in 0..TIMES {
        let umami = Arc::new(Umami::log_in(&server.url).await?);
        let is_over = Arc::new(AtomicBool::new(false));
        let clients: Vec<_> =
            (0..CONNECTIONS).map(|_| tokio::spawn(load::honest(umami.clone(), is_over.clone()))).collect();
        tokio::time::sleep(Duration::from_millis(200)).await;
        let began = Instant::now();
        ended_well += usize::from(server.stop()?);
        server = Server::start(&address)?;
        Umami::log_in(&server.url).await?;
        slowest = slowest.max(began.elapsed());
        is_over.store(true, Ordering::Relaxed);
        for client in clients {
            let client = client.await.map_err(|error| format!("a client: {error}"))?;
            served += usize::from(client.served > 0);
        }
    }
    let within = Duration::from_secs(10);
    Ok(vec![
        (
            "it ends well when it is told to, under load",
            ended_well == TIMES,
            format!("{ended_well} of {TIMES} times with exit 0"),
        ),
        (
            "clients are served up to its end",
            served == TIMES * CONNECTIONS,
            format!("{served} of {} were", TIMES * CONNECTIONS),
        ),
        (
            "it is back on its address at once",
            slowest <= within,
            format!("{} ms at the longest (at most {})", slowest.as_millis(), within.as_millis()),
        ),
    ])
}
