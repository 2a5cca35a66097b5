//! From a router to a listening socket: connections, their bounds, and their end.

use crate::{Clock, Limits};
use axum::Router;
use axum::extract::Request;
use axum::http::uri::Authority;
use axum::http::{self, HeaderValue, StatusCode, Version, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinError, JoinHandle, JoinSet};
use tokio::time::{sleep, timeout};

/// A server that answers. Dropping it stops it at once, whatever it is in the middle of.
#[derive(Debug)]
#[must_use = "a server stops when it is dropped"]
pub struct RunningServer {
    url: String,
    clock: Clock,
    stop: watch::Sender<bool>,
    accepting: JoinHandle<()>,
}

impl RunningServer {
    /// Where it answers, without a slash at the end: `http://127.0.0.1:40123`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The clock that it reads the time from.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Stops it: no new connection is accepted, and running exchanges have [`Limits::shutdown_grace`] to end.
    pub async fn shutdown(mut self) {
        self.stop.send_replace(true);
        if let Err(error) = (&mut self.accepting).await {
            tracing::error!(%error, "the server did not end well");
        }
    }
}

impl Drop for RunningServer {
    fn drop(&mut self) {
        self.accepting.abort(); // and with it all connections, which the task owns
    }
}

/// What tells every connection that the server stops.
#[derive(Clone)]
struct Stopped(watch::Receiver<bool>);

impl Stopped {
    async fn wait(&mut self) {
        // An error would mean that the server was dropped, which is a stop as well.
        let _ = self.0.wait_for(|stopped| *stopped).await;
    }
}

/// An address that is taken, on which nobody answers yet.
pub(crate) struct Bound {
    listener: TcpListener,
    url: String,
}

impl Bound {
    pub(crate) async fn to(address: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let url = format!("http://{}", listener.local_addr()?);
        Ok(Self { listener, url })
    }

    /// Where the server will answer, without a slash at the end.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Serves a router.
    pub(crate) fn serve(self, router: Router, limits: Limits, clock: Clock) -> RunningServer {
        let (stop, stopped) = watch::channel(false);
        let router = router.layer(middleware::from_fn(names_host)).layer(middleware::from_fn(log));
        let accepting = tokio::spawn(accept(self.listener, router, limits, Stopped(stopped)));
        RunningServer { url: self.url, clock, stop, accepting }
    }
}

/// Accepts connections until the server stops, then waits for those that there are.
async fn accept(listener: TcpListener, router: Router, limits: Limits, mut stopped: Stopped) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            () = stopped.wait() => break,
            Some(ended) = connections.join_next() => log_panic(ended),
            accepted = listener.accept(), if connections.len() < limits.connections => match accepted {
                Ok((stream, peer)) => {
                    connections.spawn(converse(stream, peer.ip(), router.clone(), limits, stopped.clone()));
                }
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    // The system is out of something, and will be for a while.
                    sleep(Duration::from_millis(100)).await;
                }
            }
        }
    }
    drop(listener);
    while let Some(ended) = connections.join_next().await {
        log_panic(ended);
    }
}

/// How long a connection that is to end waits for the rest of a head, and for an answer to be taken.
const HALF_A_HEAD: Duration = Duration::from_millis(100);

/// Serves one connection to its end, to that of its time, or until the server stops. Its requests carry the peer's
/// address as an extension.
async fn converse(stream: TcpStream, peer: IpAddr, router: Router, limits: Limits, mut stopped: Stopped) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "answers may be delayed");
    }
    let router = TowerToHyperService::new(router);
    let answering = AtomicBool::new(false);
    let answer = service_fn(|mut request: http::Request<Incoming>| {
        request.extensions_mut().insert(peer);
        answering.store(true, Ordering::Relaxed);
        let answer = router.call(request);
        async {
            let answer = answer.await;
            answering.store(false, Ordering::Relaxed);
            answer
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.header_time)
        .max_header_size(limits.header_size)
        .max_headers(limits.header_count)
        .serve_connection(TokioIo::new(stream), answer);
    let mut connection = pin!(connection);
    tokio::select! {
        ended = connection.as_mut() => return log_end(ended),
        () = stopped.wait() => {}
        () = sleep(limits.connection_time) => {}
    }
    connection.as_mut().graceful_shutdown();
    let grace = limits.shutdown_grace;
    if let Ok(ended) = timeout(grace.min(HALF_A_HEAD), connection.as_mut()).await {
        return log_end(ended);
    }
    if answering.load(Ordering::Relaxed)
        && let Ok(ended) = timeout(grace.saturating_sub(HALF_A_HEAD), connection).await
    {
        return log_end(ended);
    }
    tracing::info!("a connection was cut off in the middle of an exchange");
}

fn log_panic(ended: Result<(), JoinError>) {
    if let Err(error) = ended {
        tracing::error!(%error, "a connection was lost");
    }
}

fn log_end(ended: hyper::Result<()>) {
    if let Err(error) = ended {
        tracing::info!(%error, "a connection ended badly");
    }
}

/// One line for each exchange: no header, no query and no body, for these may hold secrets.
async fn log(request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let begun = Instant::now();
    let response = next.run(request).await;
    let (status, millis) = (response.status().as_u16(), begun.elapsed().as_millis());
    tracing::info!(%method, path, status, millis);
    response
}

/// Refuses, as RFC 9112 §3.2 demands, a request that does not name its host as one has to. The body is empty: it is
/// refused before it is a request of any API.
async fn names_host(request: Request, next: Next) -> Response {
    let mut hosts = request.headers().get_all(header::HOST).iter();
    let named = match (hosts.next(), hosts.next()) {
        (None, _) => request.version() < Version::HTTP_11,
        (Some(host), None) => host.is_empty() || is_authority(host),
        (Some(_), Some(_)) => false,
    };
    match named {
        true => next.run(request).await,
        false => StatusCode::BAD_REQUEST.into_response(),
    }
}

fn is_authority(host: &HeaderValue) -> bool {
    let authority = Authority::try_from(host.as_bytes());
    authority.is_ok_and(|authority| !authority.as_str().contains('@'))
}
