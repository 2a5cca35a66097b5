//! Clients that take and do not give.

use crate::IDLE;
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
    idle: JoinHandle<usize>,
    slow: Vec<JoinHandle<()>>,
    bodies: JoinHandle<Bodies>,
}

/// Begins all of them; they end when it is over.
pub(crate) fn begin(server: SocketAddr, is_over: &Arc<AtomicBool>) -> Disturbances {
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
            while !is_over.load(Ordering::Relaxed) {
                let Ok(mut stream) = TcpStream::connect(server).await else { return };
                if stream.write_all(half).await.is_err() {
                    return;
                }
                // It says no more, and listens no more.
                let _ = stream.shutdown().await;
                until(&is_over, Duration::from_secs(1)).await;
            }
        })
    });
    let slow = slow.chain(stalled).collect();
    let (for_idle, for_bodies) = (is_over.clone(), is_over.clone());
    Disturbances {
        idle: tokio::spawn(async move { idles(server, &for_idle).await }),
        slow,
        bodies: tokio::spawn(async move { bodies(server, &for_bodies).await }),
    }
}

impl Disturbances {
    /// Waits until they have ended.
    pub(crate) async fn end(self) -> Result<Vec<Seen>, String> {
        let gone = |error: tokio::task::JoinError| format!("a disturbance: {error}");
        let idle = self.idle.await.map_err(gone)?;
        for slow in self.slow {
            slow.await.map_err(gone)?;
        }
        let bodies = self.bodies.await.map_err(gone)?;
        let Bodies { at, over, wrong } = bodies;
        Ok(vec![
            ("idle connections are held", idle == IDLE, format!("{idle} of {IDLE}")),
            (
                "bodies at the bound are read, and over it refused",
                wrong.is_empty() && at > 0 && over > 0,
                format!("{at} and {over} times{}", wrong.first().map(|wrong| format!("; {wrong}")).unwrap_or_default()),
            ),
        ])
    }
}

async fn until(is_over: &AtomicBool, longest: Duration) {
    let _ = timeout(longest, async {
        while !is_over.load(Ordering::Relaxed) {
            sleep(Duration::from_millis(50)).await;
        }
    })
    .await;
}

/// Opens connections, and says nothing: how many the server took.
async fn idles(server: SocketAddr, is_over: &AtomicBool) -> usize {
    let mut streams = Vec::new();
    for _ in 0..IDLE {
        match timeout(Duration::from_secs(5), TcpStream::connect(server)).await {
            Ok(Ok(stream)) => streams.push(stream),
            _ => break,
        }
    }
    let count = streams.len();
    while !is_over.load(Ordering::Relaxed) {
        sleep(Duration::from_millis(50)).await;
    }
    count
}

/// Sends a request a byte at a time, again and again.
async fn drips(server: SocketAddr, beginning: &[u8], is_over: &AtomicBool) {
    while !is_over.load(Ordering::Relaxed) {
        let Ok(mut stream) = TcpStream::connect(server).await else { return };
        if stream.write_all(beginning).await.is_err() {
            continue;
        }
        while !is_over.load(Ordering::Relaxed) && stream.write_all(b"x").await.is_ok() {
            sleep(Duration::from_millis(100)).await;
        }
    }
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
