//! Clients that take and do not give.

use crate::IDLE;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

/// How many drip a head, and how many a body.
const SLOW: usize = 50;

/// How many say something and then nothing more.
const HALF_OPEN: usize = 50;

/// The server's bound on bodies, in bytes.
const BODY: usize = 1024 * 1024;

/// What was seen of the server meanwhile.
type Seen = (&'static str, bool, String);

/// Those that are under way.
pub(crate) struct Disturbances {
    idle: JoinHandle<Idle>,
    slow: Vec<JoinHandle<Slow>>,
    bodies: JoinHandle<Bodies>,
}

/// Begins all of them; they end when it is over. The idle connections are there when this returns.
pub(crate) async fn begin(server: SocketAddr, is_over: &Arc<AtomicBool>) -> Disturbances {
    let mut idle = Idle::default();
    idle.fill(server).await;
    let drip = |head: &'static [u8]| {
        let is_over = is_over.clone();
        tokio::spawn(async move { drips(server, head, &is_over).await })
    };
    let head: &[u8] = b"POST /api/send HTTP/1.1\r\nHost: x\r\nX-Slow: ";
    let body: &[u8] =
        b"POST /api/send HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n{";
    let half: &[u8] = b"POST /api/se";
    let slow = (0..SLOW).flat_map(|_| [drip(head), drip(body)]);
    let stalled = (0..HALF_OPEN).map(|_| {
        let is_over = is_over.clone();
        tokio::spawn(async move {
            let mut seen = Slow::default();
            while !is_over.load(Ordering::Relaxed) {
                let stream = said(server, half).await;
                seen.shut_out += usize::from(stream.is_none());
                until(&is_over, Duration::from_secs(1)).await;
                drop(stream);
            }
            seen
        })
    });
    let slow = slow.chain(stalled).collect();
    let (for_idle, for_bodies) = (is_over.clone(), is_over.clone());
    Disturbances {
        idle: tokio::spawn(async move { idle.stays(server, &for_idle).await }),
        slow,
        bodies: tokio::spawn(async move { bodies(server, &for_bodies).await }),
    }
}

impl Disturbances {
    /// Waits until they have ended, after so long.
    pub(crate) async fn end(self, took: Duration) -> Result<Vec<Seen>, String> {
        let gone = |error: tokio::task::JoinError| format!("a disturbance: {error}");
        let Idle { held, closed, .. } = self.idle.await.map_err(gone)?;
        let (mut shut_out, mut cut_off) = (0, 0);
        for slow in self.slow {
            let slow = slow.await.map_err(gone)?;
            shut_out += slow.shut_out;
            cut_off += slow.cut_off;
        }
        let bodies = self.bodies.await.map_err(gone)?;
        let Bodies { at, over, wrong } = bodies;
        let mut seen: Vec<Seen> = vec![
            ("idle connections are held", held == IDLE, format!("{held} of {IDLE} at a time")),
            ("nobody is shut out", shut_out == 0, format!("{shut_out} connections of slow clients came to nothing")),
            (
                "bodies at the bound are read, and over it refused",
                wrong.is_empty() && at > 0 && over > 0,
                format!("{at} and {over} times{}", wrong.first().map(|wrong| format!("; {wrong}")).unwrap_or_default()),
            ),
        ];
        // The server lets a connection wait for half a minute, which a short run does not see the end of.
        if took > Duration::from_secs(40) {
            seen.push(("idle connections are closed when their time is up", closed >= IDLE, format!("{closed} were")));
            let drips = 2 * SLOW;
            let figure = format!("{cut_off} were, of {drips} at a time");
            seen.push(("who drips is cut off when the time is up", cut_off >= drips, figure));
        }
        Ok(seen)
    }
}

/// A connection on which this was said, and no more will be.
async fn said(server: SocketAddr, what: &[u8]) -> Option<TcpStream> {
    let mut stream = TcpStream::connect(server).await.ok()?;
    stream.write_all(what).await.ok()?;
    stream.shutdown().await.ok()?;
    Some(stream)
}

async fn until(is_over: &AtomicBool, longest: Duration) {
    let _ = timeout(longest, async {
        while !is_over.load(Ordering::Relaxed) {
            sleep(Duration::from_millis(50)).await;
        }
    })
    .await;
}

/// Connections that do nothing.
#[derive(Default)]
struct Idle {
    streams: Vec<TcpStream>,
    /// How many there were at a time.
    held: usize,
    /// How many the server closed when their time was up.
    closed: usize,
}

impl Idle {
    /// Opens as many as there are to be.
    async fn fill(&mut self, server: SocketAddr) {
        while self.streams.len() < IDLE {
            match timeout(Duration::from_secs(5), TcpStream::connect(server)).await {
                Ok(Ok(stream)) => self.streams.push(stream),
                _ => break,
            }
        }
        self.held = self.held.max(self.streams.len());
    }

    /// Opens another for each that the server closes.
    async fn stays(mut self, server: SocketAddr, is_over: &AtomicBool) -> Self {
        while !is_over.load(Ordering::Relaxed) {
            let before = self.streams.len();
            // What can be read of a connection on which nothing was asked is its end.
            let is_open = |error: &std::io::Error| error.kind() == ErrorKind::WouldBlock;
            self.streams.retain(|stream| stream.try_read(&mut [0]).is_err_and(|error| is_open(&error)));
            self.closed += before - self.streams.len();
            self.fill(server).await;
            sleep(Duration::from_millis(200)).await;
        }
        self
    }
}

/// What a slow client saw.
#[derive(Default)]
struct Slow {
    /// How often it could not connect.
    shut_out: usize,
    /// How often the server ended what it was at.
    cut_off: usize,
}

/// Sends a request a byte at a time, again and again.
async fn drips(server: SocketAddr, beginning: &[u8], is_over: &AtomicBool) -> Slow {
    let mut seen = Slow::default();
    while !is_over.load(Ordering::Relaxed) {
        let Ok(mut stream) = TcpStream::connect(server).await else {
            seen.shut_out += 1;
            sleep(Duration::from_millis(100)).await;
            continue;
        };
        if stream.write_all(beginning).await.is_err() {
            continue;
        }
        while !is_over.load(Ordering::Relaxed) {
            if stream.write_all(b"x").await.is_err() {
                seen.cut_off += 1;
                break;
            }
            sleep(Duration::from_millis(100)).await;
        }
    }
    seen
}

/// What became of large bodies.
#[derive(Default)]
struct Bodies {
    at: usize,
    over: usize,
    wrong: Vec<String>,
}

/// Sends bodies of exactly as many bytes as are read, and of one more.
async fn bodies(server: SocketAddr, is_over: &AtomicBool) -> Bodies {
    let mut seen = Bodies::default();
    while !is_over.load(Ordering::Relaxed) {
        match status_of(server, BODY).await {
            // An object without what an event needs.
            Some(400) => seen.at += 1,
            other => seen.wrong.push(format!("{BODY} bytes were answered {other:?}")),
        }
        match status_of(server, BODY + 1).await {
            Some(413) => seen.over += 1,
            other => seen.wrong.push(format!("{} bytes were answered {other:?}", BODY + 1)),
        }
        sleep(Duration::from_millis(200)).await;
    }
    seen
}

async fn status_of(server: SocketAddr, length: usize) -> Option<u16> {
    let mut stream = TcpStream::connect(server).await.ok()?;
    let head = format!(
        "POST /api/send HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{{}}"
    );
    stream.write_all(head.as_bytes()).await.ok()?;
    // A server that has refused it may close before all of it is sent.
    let _ = stream.write_all(&vec![b' '; length - 2]).await;
    let mut answer = Vec::new();
    let _ = timeout(Duration::from_secs(30), stream.read_to_end(&mut answer)).await;
    String::from_utf8_lossy(&answer).split(' ').nth(1)?.parse().ok()
}
