//! From a router to a listening socket: connections, their bounds, and their end.

use crate::{Clock, Limits};
use axum::body::Body;
use axum::extract::Request;
use axum::http::uri::Authority;
use axum::http::{self, HeaderValue, StatusCode, Version, header};
use axum::response::{IntoResponse as _, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::convert::Infallible;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinError, JoinHandle, JoinSet};
use tokio::time::{sleep, timeout};
use tower::Service;

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

    /// Serves an API.
    pub(crate) fn serve(self, api: impl Api, limits: Limits, clock: Clock) -> RunningServer {
        let (stop, stopped) = watch::channel(false);
        let accepting = tokio::spawn(accept(self.listener, api, limits, Stopped(stopped)));
        RunningServer { url: self.url, clock, stop, accepting }
    }
}

/// What answers requests: a router, or what stands around one.
pub(crate) trait Api: Clone + Send + Sync + 'static {
    fn answer(self, request: Request) -> impl Future<Output = Response> + Send;
}

impl<S> Api for S
where
    S: Service<Request, Response = Response, Error = Infallible, Future: Send> + Clone + Send + Sync + 'static,
{
    async fn answer(mut self, request: Request) -> Response {
        // A router is ready always.
        match self.call(request).await {
            Ok(response) => response,
            Err(error) => match error {},
        }
    }
}

/// Accepts connections until the server stops, then waits for those that there are.
async fn accept(listener: TcpListener, api: impl Api, limits: Limits, mut stopped: Stopped) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            () = stopped.wait() => break,
            Some(ended) = connections.join_next() => log_panic(ended),
            accepted = listener.accept(), if connections.len() < limits.connections => match accepted {
                Ok((stream, peer)) => {
                    connections.spawn(converse(stream, peer.ip(), api.clone(), limits, stopped.clone()));
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
async fn converse(stream: TcpStream, peer: IpAddr, api: impl Api, limits: Limits, mut stopped: Stopped) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "answers may be delayed");
    }
    let answering = AtomicBool::new(false);
    let answer = service_fn(|mut request: http::Request<Incoming>| {
        request.extensions_mut().insert(peer);
        answering.store(true, Ordering::Relaxed);
        let answer = exchange(api.clone(), request.map(Body::new));
        async {
            let answer = answer.await;
            answering.store(false, Ordering::Relaxed);
            Ok::<_, Infallible>(answer)
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

/// Answers one request, and tells of it in one line: no header, no query and no body, for these may hold secrets.
async fn exchange(api: impl Api, request: Request) -> Response {
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let begun = Instant::now();
    let response = match names_host(&request) {
        true => api.answer(request).await,
        // The body is empty: it is refused before it is a request of any API.
        false => StatusCode::BAD_REQUEST.into_response(),
    };
    let (status, millis) = (response.status().as_u16(), begun.elapsed().as_millis());
    tracing::info!(%method, path, status, millis);
    response
}

/// Whether a request names its host as RFC 9112 §3.2 demands.
fn names_host(request: &Request) -> bool {
    let mut hosts = request.headers().get_all(header::HOST).iter();
    match (hosts.next(), hosts.next()) {
        (None, _) => request.version() < Version::HTTP_11,
        (Some(host), None) => host.is_empty() || is_authority(host),
        (Some(_), Some(_)) => false,
    }
}

fn is_authority(host: &HeaderValue) -> bool {
    let authority = Authority::try_from(host.as_bytes());
    authority.is_ok_and(|authority| !authority.as_str().contains('@'))
}
