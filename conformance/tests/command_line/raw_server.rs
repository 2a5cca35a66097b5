//! Servers made of a socket and a closure, for answers that no server should give.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;

/// Answers every connection in one way, until the test's process ends.
pub(crate) fn serve(answer: impl Fn(&mut TcpStream) + Send + Sync + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("it listens");
    let answer = Arc::new(answer);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let answer = answer.clone();
            std::thread::spawn(move || answer(&mut stream.expect("a connection")));
        }
    });
    address
}

/// Answers every request by what it is.
pub(crate) fn answering(answer: impl Fn(&str) -> Answer + Send + Sync + 'static) -> SocketAddr {
    serve(move |stream| {
        let Answer { status, headers, body } = answer(&read_request(stream));
        let length = body.len();
        let message = format!("HTTP/1.1 {status}\r\n{headers}content-length: {length}\r\n\r\n{body}");
        // A prober that has gone away is the prober's business.
        let _ = stream.write_all(message.as_bytes());
    })
}

/// What is answered; each header ends its line.
pub(crate) struct Answer {
    pub(crate) status: &'static str,
    pub(crate) headers: String,
    pub(crate) body: String,
}

pub(crate) fn answer(status: &'static str, content_type: &str, body: impl Into<String>) -> Answer {
    Answer { status, headers: format!("content-type: {content_type}\r\n"), body: body.into() }
}

/// An answer of a status, and no more.
pub(crate) fn respond_without(status: &str) -> String {
    format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n")
}

/// Reads a request whole, so that closing the connection afterwards resets nothing.
pub(crate) fn read_request(stream: &mut TcpStream) -> String {
    let mut request = Vec::new();
    let mut buffer = [0; 65536];
    while let Ok(read @ 1..) = stream.read(&mut buffer) {
        request.extend_from_slice(&buffer[..read]);
        let Some(end) = request.windows(4).position(|window| window == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&request[..end]).to_lowercase();
        let length = head.split("content-length: ").nth(1).and_then(|rest| rest.split("\r\n").next()?.parse().ok());
        if request.len() >= end + 4 + length.unwrap_or(0) {
            break;
        }
    }
    String::from_utf8_lossy(&request).into_owned()
}

/// Sends a request on to a server, and what it answers back, changed.
pub(crate) fn forward(stream: &mut TcpStream, url: &str, change: impl FnOnce(&str, String) -> String) {
    let request = read_request(stream);
    let mut upstream = TcpStream::connect(url.trim_start_matches("http://")).expect("the server listens");
    upstream.write_all(request.as_bytes()).expect("it reads");
    let mut response = String::new();
    upstream.read_to_string(&mut response).expect("it answers text, and closes as it was asked to");
    // A prober that has gone away is the prober's business.
    let _ = stream.write_all(change(&request, response).as_bytes());
}
