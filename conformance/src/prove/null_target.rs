//! Targets that prove nothing: whoever passes a case against one of them has looked at nothing.

use crate::plan::Aim;
use crate::suite::Suite;
use crate::target::{ConfigError, Patience, Settings};
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Response, StatusCode};
use http_body_util::Full;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use std::any::Any;
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, mpsc};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use url::Url;

/// Which of them one is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    ClosedPort,
    Closes,
    Silent,
    Always(u16, &'static str, &'static str),
}

/// By their names.
const KINDS: [(&str, Kind); 8] = [
    ("null.closed-port", Kind::ClosedPort),
    ("null.accepts-and-closes", Kind::Closes),
    ("null.silent", Kind::Silent),
    ("null.always-401", Kind::Always(401, "application/json", r#"{"error":"Unauthorized"}"#)),
    ("null.always-404", Kind::Always(404, "text/plain", "404 page not found")),
    ("null.always-500", Kind::Always(500, "text/plain", "")),
    ("null.always-200-empty", Kind::Always(200, "application/json", "{}")),
    ("null.always-200-html", Kind::Always(200, "text/html; charset=utf-8", "<!doctype html><title>App</title>")),
];

/// How long an exchange with one may take, in seconds: what is silent stays so.
const TIMEOUT: f64 = 1.0;

/// A target that proves nothing, for the cases of one API.
pub(super) struct NullTarget {
    /// `null.silent`, or `null.server-of-umami`.
    pub(super) id: String,
    pub(super) aim: Arc<Aim>,
}

/// The servers behind such targets, until this is dropped.
pub(super) struct NullTargets {
    pub(super) targets: Vec<NullTarget>,
    _stop: oneshot::Sender<()>,
}

/// Where the servers are, and what a configuration would give for each API.
struct Started {
    nulls: Vec<(String, SocketAddr)>,
    apis: Vec<(&'static Suite, Url, BTreeMap<&'static str, String>)>,
}

impl NullTargets {
    /// Starts them, on a thread of their own.
    ///
    /// # Errors
    /// In words, when one cannot be started.
    pub(super) fn start(suites: &[&'static Suite]) -> Result<Self, String> {
        let (stop, stopped) = oneshot::channel();
        let (tell, told) = mpsc::channel();
        let own = suites.to_vec();
        std::thread::spawn(move || {
            let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
                Ok(runtime) => runtime,
                Err(error) => return drop(tell.send(Err(error))),
            };
            runtime.block_on(async {
                let (started, _servers) = match start(&own).await {
                    Ok((started, servers)) => (Ok(started), Some(servers)),
                    Err(error) => (Err(error), None),
                };
                // Who does not wait for it any more has no use for the servers either.
                if tell.send(started).is_ok() {
                    let _ = stopped.await;
                }
            });
        });
        let failed = |error: String| format!("the targets that prove nothing did not start: {error}");
        let started = told.recv().map_err(|error| failed(error.to_string()))?;
        let started = started.map_err(|error| failed(error.to_string()))?;
        Ok(Self { targets: targets(&started).map_err(|error| failed(error.to_string()))?, _stop: stop })
    }
}

fn targets(started: &Started) -> Result<Vec<NullTarget>, ConfigError> {
    let mut targets = Vec::new();
    for (suite, _, values) in &started.apis {
        let nulls = started.nulls.iter().map(|(id, address)| (id.clone(), format!("http://{address}")));
        let others = started.apis.iter().filter(|(other, ..)| other.api.name != suite.api.name);
        let others = others.map(|(other, url, _)| (format!("null.server-of-{}", other.api.name), url.to_string()));
        for (id, url) in nulls.chain(others) {
            targets.push(NullTarget { id, aim: Arc::new(aim(suite, &url, values)?) });
        }
    }
    Ok(targets)
}

/// All that a configuration could give, so that no case is skipped for want of a key, and nothing to be waited for.
fn aim(suite: &'static Suite, url: &str, values: &BTreeMap<&'static str, String>) -> Result<Aim, ConfigError> {
    let mut settings = Settings::default();
    settings.set("url", url, "prove");
    settings.set("allow", "all", "prove");
    settings.set("timeout", TIMEOUT, "prove");
    for key in suite.keys {
        let value = values.get(key.name).map_or(key.says, String::as_str);
        // What stands beside the target proves nothing either.
        let beside = Url::parse(value).ok().filter(|beside| beside.scheme() == "http");
        let value = beside.map_or(value.to_owned(), |beside| format!("{}{}", url.trim_end_matches('/'), beside.path()));
        settings.set(key.name, value, "prove");
    }
    let mut target = settings.target(suite)?;
    (target.patience, target.waiting) = (Patience::none(), Patience::none());
    Ok(Aim::External(Arc::new(target)))
}

async fn start(suites: &[&'static Suite]) -> io::Result<(Started, Vec<Box<dyn Any>>)> {
    let mut nulls = Vec::new();
    for (id, kind) in KINDS {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        nulls.push((id.to_owned(), listener.local_addr()?));
        if kind != Kind::ClosedPort {
            tokio::spawn(serve(listener, kind));
        }
    }
    let (mut apis, mut servers) = (Vec::new(), Vec::new());
    for suite in suites {
        let embedded = (suite.embed)(&[], fastrand::Rng::with_seed(0)).await?;
        apis.push((*suite, Url::parse(&embedded.url).map_err(io::Error::other)?, embedded.values));
        servers.push(embedded.server);
    }
    Ok((Started { nulls, apis }, servers))
}

async fn serve(listener: TcpListener, kind: Kind) {
    let mut held: Vec<TcpStream> = Vec::new();
    // Without a connection to accept there is nothing to answer.
    while let Ok((stream, _)) = listener.accept().await {
        match kind {
            Kind::ClosedPort | Kind::Closes => drop(stream),
            Kind::Silent => held.push(stream),
            Kind::Always(status, content_type, body) => {
                let answer = service_fn(move |_| async move {
                    let mut response = Response::new(Full::new(Bytes::from_static(body.as_bytes())));
                    *response.status_mut() = StatusCode::from_u16(status).unwrap_or_default();
                    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
                    Ok::<_, Infallible>(response)
                });
                tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), answer));
            }
        }
    }
}
