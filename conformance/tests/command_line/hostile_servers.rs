//! Servers that mean harm, or are broken: each ends in a verdict, within bounds of time and memory, with a sentence that
//! says what happened.

use crate::probity::{command, ended};
use crate::raw_server::{read_request, serve};
use serde_json::Value;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

/// What one case comes to when it is put to a server, with so many seconds for an exchange: its verdict, and all that was
/// printed.
fn put_to(scheme: &str, address: SocketAddr, seconds: &str) -> (String, String) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let json = folder.path().join("report.json");
    let mut run = command(&["--target", &format!("umami={scheme}://{address}"), "--filter", "umami.login.shape"]);
    run.args(["--timeout", seconds, "-v", "--report", &format!("json={}", json.display())]);
    run.env("PROBITY_UMAMI_USERNAME", "operator").env("PROBITY_UMAMI_PASSWORD", "correct horse battery");
    let began = Instant::now();
    let run = ended(run);
    assert!(began.elapsed() < Duration::from_secs(60), "it took {:?}", began.elapsed());
    assert!(matches!(run.code, Some(1 | 3)), "{}{}", run.out, run.err);
    let report: Value = serde_json::from_str(&std::fs::read_to_string(json).expect("written")).expect("JSON");
    let verdict = report["cases"][0]["verdict"].as_str().expect("a verdict").to_owned();
    (verdict, run.out)
}

/// Writes a beginning, and then the same again and again until the prober goes away.
fn endless(beginning: &'static str, again: &'static [u8], pause: Option<Duration>) -> SocketAddr {
    serve(move |stream| {
        read_request(stream);
        let _ = stream.set_read_timeout(pause);
        let mut written = stream.write_all(beginning.as_bytes());
        while written.is_ok() {
            written = stream.write_all(again);
            if pause.is_some() && matches!(stream.read(&mut [0]), Ok(0)) {
                return;
            }
        }
    })
}

fn answered_once(answer: impl Into<Vec<u8>>) -> SocketAddr {
    let answer = answer.into();
    serve(move |stream| {
        read_request(stream);
        let _ = stream.write_all(&answer);
    })
}

#[test]
fn every_one_of_them_ends_in_a_verdict_and_a_sentence() {
    const OK: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";
    let chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
    let length = "HTTP/1.1 200 OK\r\ncontent-length: 5368709120\r\n\r\n";
    let zeros = &[b'0'; 65536];
    let chunk = concat!("40\r\n", "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", "\r\n");
    let chunks: &[u8] = Box::leak(chunk.repeat(1000).into_bytes().into_boxed_slice());
    let drip = Some(Duration::from_millis(100));
    let mut gzip = format!("{OK}content-encoding: gzip\r\ncontent-length: 6\r\n\r\n").into_bytes();
    gzip.extend(b"\x1f\x8b\x08\0\0\0");
    let table: Vec<(&str, SocketAddr, &str, &str)> = vec![
        ("a body of chunks without end", endless(chunked, chunks, None), "inconclusive", "the body went on past 1 MiB"),
        ("a body of five gigabytes", endless(length, zeros, None), "inconclusive", "the body went on past 1 MiB"),
        ("a body that drips", endless(length, b"0", drip), "inconclusive", "no complete response came within 2 s"),
        ("a head that drips", endless("HTTP/1.1 200 OK\r\nx: ", b"x", drip), "inconclusive", "no complete response"),
        ("headers without end", endless("HTTP/1.1 200 OK\r\n", b"x-x: x\r\n", None), "inconclusive", "not an HTTP/1.1"),
        ("a header without end", endless("HTTP/1.1 200 OK\r\nx: ", zeros, None), "inconclusive", "not an HTTP/1.1"),
        (
            "100 Continue without end",
            endless("", b"HTTP/1.1 100 Continue\r\n\r\n", None),
            "inconclusive",
            "no complete",
        ),
        ("early hints without end", endless("", b"HTTP/1.1 103 Hints\r\n\r\n", drip), "inconclusive", "no complete"),
        (
            "a body that is cut short",
            answered_once(format!("{OK}content-length: 99\r\n\r\n{{")),
            "inconclusive",
            "closed",
        ),
        (
            "a body longer than it says",
            answered_once(format!("{OK}content-length: 2\r\n\r\n{{}}}}}}")),
            "fail",
            "without",
        ),
        (
            "a length that is none",
            answered_once(format!("{OK}content-length: x\r\n\r\n{{}}")),
            "inconclusive",
            "not an HTTP",
        ),
        ("chunks that are none", answered_once(format!("{chunked}zz\r\n{{}}\r\n")), "inconclusive", "not an HTTP/1.1"),
        ("a chunk that is cut short", answered_once(format!("{chunked}10\r\n{{")), "inconclusive", "closed before"),
        (
            "no UTF-8",
            answered_once([OK.as_bytes(), b"content-length: 3\r\n\r\n\xff\xfe\xfd"].concat()),
            "fail",
            "no JSON",
        ),
        ("a gzip that nobody asked for", answered_once(gzip), "fail", "in the encoding gzip, which was not"),
        ("another protocol", answered_once("220 mail.example.com ESMTP\r\n"), "inconclusive", "not an HTTP/1.1"),
        ("HTTP/2 without being asked", answered_once("\0\0\x12\x04\0\0\0\0\0"), "inconclusive", "not an HTTP/1.1"),
    ];
    std::thread::scope(|scope| {
        for (what, address, verdict, sentence) in table {
            scope.spawn(move || {
                // Only what has no end but that of the time is held to a short one: a machine may be busy.
                let seconds = if sentence.starts_with("no complete") { "2" } else { "45" };
                let (found, told) = put_to("http", address, seconds);
                assert_eq!(found, verdict, "{what}\n{told}");
                assert!(told.contains(sentence), "{what}: {sentence:?} is not in\n{told}");
            });
        }
    });
}

#[test]
fn a_connection_may_be_closed_at_any_point_of_an_answer() {
    const ANSWER: &str =
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 12\r\n\r\n{\"token\":\"\"}";
    for end in [0, 1, 12, 17, 30, ANSWER.len() - 13, ANSWER.len() - 12, ANSWER.len() - 1] {
        let (verdict, told) = put_to("http", answered_once(&ANSWER[..end]), "45");
        assert_eq!(verdict, "inconclusive", "after {end} bytes\n{told}");
        assert!(told.contains("closed before a response was complete"), "after {end} bytes\n{told}");
    }
}

/// Answers the first bytes that come, whatever they are.
fn answered_blindly(answer: &'static [u8]) -> SocketAddr {
    serve(move |stream| {
        let _ = stream.read(&mut [0; 4096]);
        let _ = stream.write_all(answer);
    })
}

#[test]
fn trouble_with_tls_is_told_and_ends_the_run() {
    let plain = answered_blindly(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n");
    let silent = serve(|stream: &mut TcpStream| drop(stream.read_to_end(&mut Vec::new())));
    let closing = answered_blindly(b"");
    let alert = answered_blindly(b"\x15\x03\x03\x00\x02\x02\x28");
    for (what, address, sentence) in [
        ("plain HTTP", plain, "what answers is no TLS; is the address one with http://?"),
        ("silence", silent, "it was silent for 1 s; is it TLS that is spoken there?"),
        ("closing", closing, "the connection was closed in the middle of it"),
        ("an alert", alert, "TLS was not agreed upon"),
    ] {
        let (verdict, told) = put_to("https", address, "2");
        assert_eq!(verdict, "inconclusive", "{what}\n{told}");
        assert!(told.contains(sentence), "{what}: {sentence:?} is not in\n{told}");
    }
    // The other way round: a server of TLS that is asked in plain HTTP says so by an alert.
    let (verdict, told) = put_to("http", answered_once(b"\x15\x03\x03\x00\x02\x02\x28"), "45");
    assert_eq!(verdict, "inconclusive", "{told}");
    assert!(told.contains("not an HTTP/1.1 response"), "{told}");
}
