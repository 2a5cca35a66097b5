//! The prober's own HTTP: one HTTP/1.1 connection per exchange, bounded in time and size.
//!
//! It follows no redirects, keeps no cookies and retries nothing, so that a case sees what the target answers and not
//! what a client made of it.

mod abrupt;
mod tls;

pub use tls::{Roots, TlsError};

use crate::exchange::{Response, Sent};
use abrupt::Abrupt;
use bytes::{Bytes, BytesMut};
use http_body_util::{BodyExt as _, Full};
use hyper_util::rt::TokioIo;
use std::error::Error as _;
use std::io;
use std::time::Duration;
use thiserror::Error;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

/// The largest body that is read.
const BODY_BOUND: usize = 1 << 20;

/// Why an exchange has no complete response.
#[derive(Debug, Clone, Error, PartialEq, Eq)]
pub enum NoResponse {
    /// No connection came about.
    #[error("nothing could be reached at {host}:{port}: {reason}")]
    Unreachable {
        /// The host that was tried.
        host: String,
        /// Its port.
        port: u16,
        /// What the system said.
        reason: String,
    },
    /// TLS could not be agreed upon.
    #[error("the TLS handshake with {host} failed: {reason}")]
    Tls {
        /// The host that was tried.
        host: String,
        /// What the handshake said.
        reason: String,
    },
    /// The connection ended before a response was complete.
    #[error("the connection was closed before a response was complete")]
    Closed,
    /// The time was up.
    #[error("no complete response came within {} s", .0.as_secs_f64())]
    Late(Duration),
    /// It answered 429 for longer than is waited.
    #[error(
        "it answers 429 (too many requests), after {} s of waiting too, and asks to wait {} s more; a lower `rate` asks less of it",
        .waited.as_secs(), .asks.as_secs()
    )]
    TooManyRequests {
        /// How long it was waited for.
        waited: Duration,
        /// How long it asks to wait.
        asks: Duration,
    },
    /// The body is larger than the prober reads.
    #[error("the body went on past {} MiB", BODY_BOUND >> 20)]
    TooLarge,
    /// What came is not HTTP/1.1.
    #[error("what came is not an HTTP/1.1 response: {0}")]
    NotHttp(String),
}

/// Moves requests to one target.
#[derive(Debug, Clone)]
pub struct Prober {
    timeout: Duration,
    roots: Roots,
    is_abrupt: bool,
}

impl Prober {
    /// A prober that allows each exchange `timeout`, and trusts `roots` for https.
    pub fn new(timeout: Duration, roots: Roots) -> Self {
        Self { timeout, roots, is_abrupt: false }
    }

    /// The same, which resets its connections when it has read a response: for servers in this process alone.
    pub(crate) fn abrupt(self) -> Self {
        Self { is_abrupt: true, ..self }
    }

    /// Sends a request on a connection of its own.
    ///
    /// # Errors
    /// [`NoResponse`] when no complete response came within the bounds of time and size.
    pub async fn exchange(&self, request: &Sent) -> Result<Response, NoResponse> {
        let (host, port) = host_and_port(request);
        let stream = self.connect(&host, port).await?;
        let exchange = async {
            match request.url.scheme() {
                "https" => converse(self.handshake(&host, stream).await?, request).await,
                _ if self.is_abrupt => converse(Abrupt::new(stream), request).await,
                _ => converse(stream, request).await,
            }
        };
        tokio::time::timeout(self.timeout, exchange).await.unwrap_or(Err(NoResponse::Late(self.timeout)))
    }

    async fn handshake(&self, host: &str, stream: TcpStream) -> Result<TlsStream<TcpStream>, NoResponse> {
        // Half of the time is the handshake's: whoever is silent then is told from whoever does not answer.
        let handshake = tokio::time::timeout(self.timeout / 2, self.roots.handshake(host, stream)).await;
        handshake.unwrap_or_else(|_| {
            let reason =
                format!("it was silent for {} s; is it TLS that is spoken there?", (self.timeout / 2).as_secs_f64());
            Err(NoResponse::Tls { host: host.to_owned(), reason })
        })
    }

    async fn connect(&self, host: &str, port: u16) -> Result<TcpStream, NoResponse> {
        let unreachable = |reason: String| NoResponse::Unreachable { host: host.to_owned(), port, reason };
        let late = || unreachable(format!("no connection within {} s", self.timeout.as_secs_f64()));
        let stream = tokio::time::timeout(self.timeout, TcpStream::connect((host, port))).await;
        let stream = stream.map_err(|_| late())?.map_err(|error| unreachable(error.to_string()))?;
        // Small requests go out at once; failing to say so costs time, not truth.
        let _ = stream.set_nodelay(true);
        Ok(stream)
    }
}

fn host_and_port(request: &Sent) -> (String, u16) {
    let host = match request.url.host() {
        // A URL has brackets around it, a resolver and a certificate have none.
        Some(url::Host::Ipv6(address)) => address.to_string(),
        Some(host) => host.to_string(),
        None => String::new(),
    };
    (host, request.url.port_or_known_default().unwrap_or(80))
}

async fn converse<S>(stream: S, request: &Sent) -> Result<Response, NoResponse>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let mut http = hyper::client::conn::http1::Builder::new();
    http.title_case_headers(true);
    let (mut sender, connection) = http.handshake(TokioIo::new(stream)).await.map_err(trouble)?;
    let connection = tokio::spawn(connection);
    let target = &request.url[url::Position::BeforePath..url::Position::AfterQuery];
    let mut message = http::Request::new(Full::new(request.body.clone()));
    *message.method_mut() = request.method.clone();
    *message.uri_mut() = target.parse().map_err(|_| NoResponse::NotHttp(format!("{target} cannot be asked for")))?;
    *message.headers_mut() = request.headers.clone();
    let response = async {
        let response = sender.send_request(message).await.map_err(trouble)?;
        let (head, body) = response.into_parts();
        Ok(Response::new(head.status, head.headers, whole(body).await?))
    };
    let response = response.await;
    connection.abort();
    response
}

async fn whole(mut body: hyper::body::Incoming) -> Result<Bytes, NoResponse> {
    let mut whole = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(trouble)?.into_data() else { continue };
        if whole.len() + data.len() > BODY_BOUND {
            return Err(NoResponse::TooLarge);
        }
        whole.extend_from_slice(&data);
    }
    Ok(whole.freeze())
}

fn trouble(error: hyper::Error) -> NoResponse {
    let not_http = |error: &hyper::Error| match error.source() {
        Some(source) => NoResponse::NotHttp(format!("{error}: {source}")),
        None => NoResponse::NotHttp(error.to_string()),
    };
    let of_system = error.source().and_then(|source| source.downcast_ref::<io::Error>());
    match of_system.map(io::Error::kind) {
        _ if error.is_parse() => not_http(&error),
        // So hyper tells of chunks that are none.
        Some(io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData) => not_http(&error),
        Some(_) => NoResponse::Closed,
        None if error.is_incomplete_message() || error.is_closed() || error.is_canceled() => NoResponse::Closed,
        None => not_http(&error),
    }
}
