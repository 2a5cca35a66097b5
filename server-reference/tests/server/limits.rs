//! The bounds: no client holds the server for longer than it is allowed to.

use crate::wire::{Answer, Request, connect, converse, read_answer, read_to_end};
use probity_fixtures::umami::operation;
use probity_server::{Limits, ReferenceServer, RunningServer};
use std::time::Duration;
use tokio::io::AsyncWriteExt as _;

const SOON: Duration = Duration::from_millis(20);
const GET: &str = "GET /nowhere HTTP/1.1\r\nHost: test\r\n\r\n";

async fn server(limits: Limits) -> RunningServer {
    ReferenceServer::umami().limits(limits).start().await.expect("a free port")
}

fn login(fields: &str, body: &str) -> String {
    format!("POST {} HTTP/1.1\r\nHost: test\r\n{fields}\r\n\r\n{body}", operation::LOGIN.path)
}

#[tokio::test]
async fn a_silent_connection_is_closed() {
    let server = server(Limits { header_time: SOON, ..Limits::default() }).await;
    assert_eq!(converse(server.url(), "").await, "");
}

#[tokio::test]
async fn a_head_that_does_not_end_in_time_is_cut_off() {
    let server = server(Limits { header_time: SOON, ..Limits::default() }).await;
    assert_eq!(converse(server.url(), "GET / HTTP/1.1\r\nHost: te").await, "");
}

#[tokio::test]
async fn an_idle_connection_is_closed_after_its_exchange() {
    let server = server(Limits { header_time: SOON, ..Limits::default() }).await;
    let mut stream = connect(server.url()).await;
    stream.write_all(GET.as_bytes()).await.expect("the server reads");
    assert_eq!(read_answer(&mut stream).await.status, 404);
    assert_eq!(read_to_end(&mut stream).await, "");
}

#[tokio::test]
async fn a_body_that_does_not_come_in_time_is_answered_408() {
    let server = server(Limits { body_time: SOON, ..Limits::default() }).await;
    let answer = Answer::parse(&converse(server.url(), &login("Content-Length: 100", "{")).await);
    assert_eq!((answer.status, answer.header("Connection")), (408, Some("close")));
    assert_eq!(answer.json()["error"]["code"], "request-timeout");
}

#[tokio::test]
async fn a_body_that_says_it_is_too_large_is_answered_413_unread() {
    let server = server(Limits { body_size: 10, ..Limits::default() }).await;
    let answer = Answer::parse(&converse(server.url(), &login("Content-Length: 11", "")).await);
    assert_eq!((answer.status, answer.header("Connection")), (413, Some("close")));
    assert_eq!(answer.json()["error"]["code"], "content-too-large");
}

#[tokio::test]
async fn a_body_that_turns_out_too_large_is_answered_413() {
    let server = server(Limits { body_size: 10, ..Limits::default() }).await;
    let chunks = login("Transfer-Encoding: chunked", "b\r\n{\"username\"\r\n0\r\n\r\n");
    assert_eq!(Answer::parse(&converse(server.url(), &chunks).await).status, 413);
}

#[tokio::test]
async fn a_body_with_malformed_chunks_is_answered_400() {
    let server = server(Limits::default()).await;
    let chunks = login("Transfer-Encoding: chunked", "zzz\r\n");
    assert_eq!(Answer::parse(&converse(server.url(), &chunks).await).status, 400);
}

#[tokio::test]
async fn a_head_that_is_too_large_is_answered_431() {
    let server = server(Limits { header_size: 1000, header_count: 10, ..Limits::default() }).await;
    let large = format!("GET / HTTP/1.1\r\nLarge: {}\r\n\r\n", "x".repeat(1000));
    assert_eq!(Answer::parse(&converse(server.url(), &large).await).status, 431);
    let many = format!("GET / HTTP/1.1\r\n{}\r\n", "Many: x\r\n".repeat(11));
    assert_eq!(Answer::parse(&converse(server.url(), &many).await).status, 431);
}

#[tokio::test]
async fn what_is_no_http_is_answered_400() {
    let server = server(Limits::default()).await;
    assert_eq!(Answer::parse(&converse(server.url(), "\u{16}\u{3}\u{1}\r\n\r\n").await).status, 400);
}

#[tokio::test]
async fn a_request_names_its_host_once_or_is_answered_400() {
    let server = server(Limits::default()).await;
    let requests = [
        ("GET / HTTP/1.1\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400),
        ("GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: me@a\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: [::1]:80\r\nConnection: close\r\n\r\n", 404),
        ("GET / HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n", 404),
        ("GET / HTTP/1.0\r\n\r\n", 404),
    ];
    for (request, status) in requests {
        let mut stream = connect(server.url()).await;
        stream.write_all(request.as_bytes()).await.expect("the server reads");
        assert_eq!(read_answer(&mut stream).await.status, status, "{request}");
    }
}

#[tokio::test]
async fn one_connection_more_than_allowed_waits_for_another_to_end() {
    let server = server(Limits { connections: 1, ..Limits::default() }).await;
    let mut first = connect(server.url()).await;
    first.write_all(GET.as_bytes()).await.expect("the server reads");
    assert_eq!(read_answer(&mut first).await.status, 404);

    let mut second = connect(server.url()).await;
    second.write_all(GET.as_bytes()).await.expect("the system takes it");
    first.write_all(GET.as_bytes()).await.expect("the server reads");
    assert_eq!(read_answer(&mut first).await.status, 404);
    let waits = second.try_read(&mut [0]).expect_err("no answer yet");
    assert_eq!(waits.kind(), std::io::ErrorKind::WouldBlock);

    drop(first);
    assert_eq!(read_answer(&mut second).await.status, 404);
}

#[tokio::test]
async fn a_connection_ends_when_its_time_is_up_however_busy_it_is() {
    let server = server(Limits { connection_time: SOON, ..Limits::default() }).await;
    let mut stream = connect(server.url()).await;
    while stream.write_all(GET.as_bytes()).await.is_ok() {
        if stream.readable().await.is_err() || matches!(stream.try_read(&mut [0; 4096]), Ok(0) | Err(_)) {
            break;
        }
    }
}

#[tokio::test]
async fn a_shutdown_waits_for_running_exchanges_and_closes_idle_connections() {
    let server = server(Limits::default()).await;
    let url = server.url().to_owned();
    let mut idle = connect(&url).await;
    idle.write_all(GET.as_bytes()).await.expect("the server reads");
    assert_eq!(read_answer(&mut idle).await.status, 404);
    let mut busy = connect(&url).await;
    busy.write_all(login("Content-Length: 2\r\nExpect: 100-continue", "").as_bytes()).await.expect("the server reads");
    busy.readable().await.expect("100 Continue");

    let shutdown = tokio::spawn(server.shutdown());
    assert_eq!(read_to_end(&mut idle).await, "");
    busy.write_all(b"{}").await.expect("the server reads");
    assert!(read_to_end(&mut busy).await.contains("HTTP/1.1 400"));
    shutdown.await.expect("it ends");
    assert!(tokio::net::TcpStream::connect(url.trim_start_matches("http://")).await.is_err());
}

#[tokio::test]
async fn a_shutdown_does_not_wait_for_a_head_that_is_half_sent() {
    let server = server(Limits { shutdown_grace: Duration::MAX, ..Limits::default() }).await;
    let mut half = connect(server.url()).await;
    half.write_all(GET.as_bytes()).await.expect("the server reads");
    assert_eq!(read_answer(&mut half).await.status, 404);
    half.write_all(b"GET / HTT").await.expect("the server reads");
    server.shutdown().await;
}

#[tokio::test]
async fn a_shutdown_does_not_wait_for_ever() {
    let server = server(Limits { shutdown_grace: SOON, ..Limits::default() }).await;
    let mut stuck = connect(server.url()).await;
    stuck.write_all(login("Content-Length: 2\r\nExpect: 100-continue", "").as_bytes()).await.expect("the server reads");
    stuck.readable().await.expect("100 Continue");
    server.shutdown().await;
}

#[tokio::test]
async fn a_dropped_server_ends_its_connections_at_once() {
    let server = server(Limits::default()).await;
    let mut stream = connect(server.url()).await;
    stream.write_all(GET.as_bytes()).await.expect("the server reads");
    assert_eq!(read_answer(&mut stream).await.status, 404);
    drop(server);
    assert_eq!(read_to_end(&mut stream).await, "");
}

#[tokio::test]
async fn many_servers_run_side_by_side() {
    let mut servers = Vec::new();
    for _ in 0..50 {
        servers.push(server(Limits::default()).await);
    }
    for server in &servers {
        let answer = Request::new("GET", operation::WEBSITES.path).send(server.url()).await;
        assert_eq!(answer.status, 401);
    }
}
