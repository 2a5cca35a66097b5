//! Requests that a server itself sends, to another one that it trusts: plain HTTP, within bounds.

use axum::http::{HeaderMap, HeaderValue, Method, Request, StatusCode, header};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use std::io;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::timeout;
use url::{Position, Url};

/// So long an answer may take, from connecting to its last byte.
const TIME: Duration = Duration::from_secs(10);

/// So many bytes the body of an answer may have.
const SIZE: usize = 64 * 1024;

/// Sends a request over a connection of its own, and reads the whole answer. Redirects are not followed.
///
/// # Errors
///
/// There was no answer within the bounds, or the address is none of plain HTTP.
pub(crate) async fn fetch(
    method: Method,
    url: &Url,
    headers: HeaderMap,
    body: String,
) -> io::Result<(StatusCode, Bytes)> {
    let exchange = timeout(TIME, exchange(method, url, headers, body)).await;
    exchange.unwrap_or_else(|_| Err(io::Error::new(io::ErrorKind::TimedOut, "the answer took too long")))
}

async fn exchange(method: Method, url: &Url, headers: HeaderMap, body: String) -> io::Result<(StatusCode, Bytes)> {
    let (Some(host), Some(port), "http") = (url.host_str(), url.port_or_known_default(), url.scheme()) else {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "the address is none of plain HTTP"));
    };
    let stream = TcpStream::connect(format!("{host}:{port}")).await?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(io::Error::other)?;
    let mut connections = JoinSet::new(); // which ends with this exchange, however that ends
    connections.spawn(connection);
    let mut request = Request::new(Full::new(Bytes::from(body)));
    *request.method_mut() = method;
    *request.uri_mut() = url[Position::BeforePath..Position::AfterQuery].parse().map_err(io::Error::other)?;
    *request.headers_mut() = headers;
    let authority = HeaderValue::try_from(&url[Position::BeforeHost..Position::AfterPort]).map_err(io::Error::other)?;
    request.headers_mut().insert(header::HOST, authority);
    let answer = sender.send_request(request).await.map_err(io::Error::other)?;
    let status = answer.status();
    let body = Limited::new(answer.into_body(), SIZE).collect().await.map_err(io::Error::other)?;
    Ok((status, body.to_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    /// What is fetched from a server that answers with this, whatever it is asked.
    async fn fetched(answer: String) -> io::Result<(StatusCode, Bytes)> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}/path?query#fragment", listener.local_addr()?).parse().expect("a URL");
        let serving = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.expect("a connection");
            let mut asked = vec![0; 1024];
            let length = stream.read(&mut asked).await.expect("a request");
            assert!(asked[..length].starts_with(b"GET /path?query HTTP/1.1\r\n"));
            // The reader may have gone before it has read all of it.
            let _ = stream.write_all(answer.as_bytes()).await;
        });
        let fetched = fetch(Method::GET, &url, HeaderMap::new(), String::new()).await;
        serving.await.expect("it served");
        fetched
    }

    fn answer(status: &str, body: &str) -> String {
        format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\n\r\n{body}", body.len())
    }

    #[tokio::test]
    async fn an_answer_is_read_and_a_redirect_is_one_too() {
        for (status, code) in [("200 OK", StatusCode::OK), ("302 Found", StatusCode::FOUND)] {
            let fetched = fetched(answer(status, "body")).await.expect("an answer");
            assert_eq!(fetched, (code, Bytes::from_static(b"body")));
        }
    }

    #[tokio::test]
    async fn what_is_too_long_or_no_answer_is_an_error() {
        for text in [answer("200 OK", &"x".repeat(SIZE + 1)), "nonsense".to_owned(), String::new()] {
            assert!(fetched(text).await.is_err());
        }
    }

    #[tokio::test]
    async fn only_plain_http_is_asked() {
        for url in ["https://127.0.0.1/", "ftp://127.0.0.1/"] {
            let url = url.parse().expect("a URL");
            let refused = fetch(Method::GET, &url, HeaderMap::new(), String::new()).await.expect_err("refused");
            assert_eq!(refused.kind(), io::ErrorKind::InvalidInput);
        }
    }
}
