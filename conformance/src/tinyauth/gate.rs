//! A small app behind a forward-auth proxy: what `app` names in a configuration, for the embedded server.

use crate::exchange::{Response, Sent};
use crate::wire::{Prober, Roots};
use bytes::Bytes;
use http::header::{CONNECTION, CONTENT_LENGTH, EXPECT, HOST, TE, TRAILER, TRANSFER_ENCODING, UPGRADE};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use probity_fixtures::tinyauth::operation;
use serde_json::json;
use std::convert::Infallible;
use std::io;
use std::net::Ipv4Addr;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use url::Url;

const FORWARDED_URI: HeaderName = HeaderName::from_static("x-forwarded-uri");
const FORWARDED_METHOD: HeaderName = HeaderName::from_static("x-forwarded-method");
const REMOTE_USER: HeaderName = HeaderName::from_static("remote-user");

/// The proxy and its app, until it is dropped.
pub(super) struct Gate {
    /// A page of the app, as the proxy shows it.
    pub(super) app: String,
    proxy: JoinHandle<()>,
}

impl Drop for Gate {
    fn drop(&mut self) {
        self.proxy.abort();
    }
}

/// Starts the proxy on a free port; it asks the Tinyauth at that address.
pub(super) async fn start(tinyauth: Url) -> io::Result<Gate> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let app = format!("http://{}/dashboard?tab=1", listener.local_addr()?);
    let proxy = tokio::spawn(async move {
        // Without a connection to accept there is nothing to answer.
        while let Ok((stream, _)) = listener.accept().await {
            let tinyauth = tinyauth.clone();
            let answer = service_fn(move |request| {
                let tinyauth = tinyauth.clone();
                async move { Ok::<_, Infallible>(pass(&tinyauth, &request).await) }
            });
            // A client that goes away early is no trouble of the proxy's.
            tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), answer));
        }
    });
    Ok(Gate { app, proxy })
}

/// Asks whether the request may pass: hands it to the app with the user's name, or hands on the refusal.
async fn pass(tinyauth: &Url, request: &http::Request<Incoming>) -> http::Response<Full<Bytes>> {
    let verdict =
        Prober::new(Duration::from_secs(10), Roots::platform()).abrupt().exchange(&question(tinyauth, request)).await;
    match verdict {
        Ok(verdict) if verdict.status.is_success() => app(verdict.headers.get(REMOTE_USER)),
        Ok(verdict) => handed_on(verdict),
        Err(trouble) => answer(StatusCode::BAD_GATEWAY, HeaderMap::new(), trouble.to_string().into()),
    }
}

/// As Caddy's `forward_auth` asks: with all headers of the request but those of its connection and its body.
fn question<B>(tinyauth: &Url, request: &http::Request<B>) -> Sent {
    let mut url = tinyauth.clone();
    url.set_path(&operation::AUTH.path.replace("{proxy}", "caddy"));
    let mut headers = request.headers().clone();
    for name in [CONNECTION, CONTENT_LENGTH, EXPECT, TE, TRAILER, TRANSFER_ENCODING, UPGRADE] {
        headers.remove(name);
    }
    let host = request.headers().get(HOST).cloned().unwrap_or(HeaderValue::from_static("app"));
    let uri = request.uri().path_and_query().map_or("/", |uri| uri.as_str());
    headers.insert(HOST, host.clone());
    headers.insert("x-forwarded-host", host);
    headers.insert("x-forwarded-proto", HeaderValue::from_static("http"));
    headers.insert("x-forwarded-for", HeaderValue::from_static("127.0.0.1"));
    for (name, told) in [(FORWARDED_METHOD, request.method().as_str()), (FORWARDED_URI, uri)] {
        // What a client says of these itself would pass for the proxy's word.
        headers.remove(&name);
        headers.extend(HeaderValue::from_str(told).ok().map(|told| (name, told)));
    }
    headers.insert(CONNECTION, HeaderValue::from_static("close"));
    Sent { method: Method::GET, url, headers, body: Bytes::new() }
}

/// The app itself: it greets whom the proxy names.
fn app(user: Option<&HeaderValue>) -> http::Response<Full<Bytes>> {
    let user = user.map(|user| String::from_utf8_lossy(user.as_bytes()).into_owned());
    answer(StatusCode::OK, HeaderMap::new(), json!({ "user": user }).to_string().into())
}

fn handed_on(verdict: Response) -> http::Response<Full<Bytes>> {
    let mut headers = verdict.headers;
    for name in [CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING] {
        headers.remove(name);
    }
    answer(verdict.status, headers, verdict.body)
}

fn answer(status: StatusCode, headers: HeaderMap, body: Bytes) -> http::Response<Full<Bytes>> {
    let mut response = http::Response::new(Full::new(body));
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::header::AUTHORIZATION;

    #[test]
    fn tinyauth_is_asked_with_every_header_of_the_request_and_the_proxys_own_word_for_the_address() {
        let request = http::Request::post("/a?b=c")
            .header("host", "app.test")
            .header("authorization", "Basic one")
            .header("authorization", "Basic two")
            .header("accept-language", "de")
            .header("content-length", "3")
            .header("connection", "keep-alive")
            .header("x-forwarded-uri", "/forged")
            .header("x-forwarded-host", "forged.test")
            .body(())
            .expect("a request");
        let asked = question(&"http://127.0.0.1:1/".parse().expect("a URL"), &request);
        let told = |name: &str| {
            asked.headers.get_all(name).iter().map(|value| value.to_str().expect("text")).collect::<Vec<_>>()
        };
        assert_eq!((asked.method.as_str(), asked.url.path()), ("GET", "/api/auth/caddy"));
        assert_eq!(told(AUTHORIZATION.as_str()), ["Basic one", "Basic two"]);
        assert_eq!((told("accept-language"), told("host")), (vec!["de"], vec!["app.test"]));
        assert_eq!((told("x-forwarded-uri"), told("x-forwarded-host")), (vec!["/a?b=c"], vec!["app.test"]));
        assert_eq!((told("x-forwarded-method"), told("connection")), (vec!["POST"], vec!["close"]));
        assert!(told("content-length").is_empty());
    }
}
