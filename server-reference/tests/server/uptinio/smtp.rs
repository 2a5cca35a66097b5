//! Mails by SMTP, to a relay that is as small as one can be.

use super::*;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// Takes one mail, answering its end so, and gives all that was said.
async fn take(stream: TcpStream, at_the_end: &'static str) -> String {
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 relay.test\r\n").await.expect("it listens");
    let (mut said, mut is_data) = (String::new(), false);
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.expect("text") == 0 {
            return said;
        }
        said.push_str(&line);
        let answer = match (is_data, line.trim_end()) {
            (true, ".") => at_the_end,
            (true, _) => continue,
            (false, "DATA") => "354 go on",
            (false, "QUIT") => "221 bye",
            (false, _) => "250 ok",
        };
        is_data = answer.starts_with("354");
        stream.write_all(format!("{answer}\r\n").as_bytes()).await.expect("it listens");
    }
}

/// A server that sends its mails there, and bob's token.
async fn server(relay: &str) -> (Server, String) {
    let seed = Seed { smtp: Some(relay.parse().expect("a relay")), ..seed() };
    let server = ReferenceServer::uptinio().seed(seed).clock(Clock::standing()).start().await.expect("a free port");
    let token = token_in(&sign_in("bob").send(server.url()).await);
    (server, token)
}

/// Where a relay listens for one mail, and what becomes of it.
async fn relay(at_the_end: &'static str) -> (String, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("bound").to_string();
    let taking = tokio::spawn(async move { take(listener.accept().await.expect("a connection").0, at_the_end).await });
    (address, taking)
}

#[tokio::test]
async fn the_code_goes_to_the_relay_and_verifies_the_address() {
    let (address, taking) = relay("250 taken").await;
    let (server, token) = server(&address).await;
    assert_eq!(bearer(resend(), &token).send(server.url()).await.status, 200);
    let said = taking.await.expect("it took it");
    for line in ["MAIL FROM:<no-reply@uptinio.example>", "RCPT TO:<bob@corp.test>", "Subject: Your verification code"] {
        assert!(said.contains(line), "{said}");
    }
    let (_, after) = said.split_once("Your verification code is ").expect("a sentence");
    assert_eq!(bearer(verify(&after[..6]), &token).send(server.url()).await.status, 200);
    assert!(server.outbox().all().is_empty());
}

#[tokio::test]
async fn a_mail_that_the_relay_does_not_take_is_told() {
    let nobody = TcpListener::bind("127.0.0.1:0").await.expect("a free port").local_addr().expect("bound").to_string();
    let (refusing, taking) = relay("554 no").await;
    for address in [nobody, refusing] {
        let (server, token) = server(&address).await;
        let answer = bearer(resend(), &token).send(server.url()).await;
        assert_eq!((answer.status, &answer.json()["error"]), (500, &json!("send_failed")), "{address}");
        // It can be asked for again at once, and there is no code.
        assert_ne!(bearer(resend(), &token).send(server.url()).await.status, 429);
    }
    taking.await.expect("it refused it");
}
