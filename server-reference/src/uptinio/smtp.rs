//! Mails by SMTP (RFC 5321), to a relay that takes them without TLS and without a login.

use super::mail::Mail;
use lettre::message::header::ContentType;
use lettre::message::{Mailbox, Message};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};
use secrecy::ExposeSecret as _;
use serde::{Deserialize, Deserializer, de};
use std::io;
use std::str::FromStr;
use std::time::Duration;
use tokio::time::timeout;
use url::Url;

/// So long one mail may take, from connecting to the relay's last word.
const TIME: Duration = Duration::from_secs(10);

/// Who the mails are from: a domain that nobody has (RFC 2606).
const SENDER: &str = "no-reply@uptinio.example";

/// Where a relay takes mails, written `host:port`. It is asked in plain SMTP, as those do that stand on the same machine
/// or net: the server has no TLS, and so no password to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Smtp {
    host: String,
    port: u16,
}

/// A text is no [`Smtp`].
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("a relay is written \"host:port\", like \"127.0.0.1:1025\"")]
pub struct SmtpError;

impl FromStr for Smtp {
    type Err = SmtpError;

    fn from_str(text: &str) -> Result<Self, SmtpError> {
        let url = Url::parse(&format!("smtp://{text}")).map_err(|_| SmtpError)?;
        let (Some(host), Some(port)) = (url.host_str(), url.port()) else { return Err(SmtpError) };
        match url.as_str() == format!("smtp://{host}:{port}") {
            true => Ok(Self { host: host.trim_matches(['[', ']']).to_owned(), port }),
            false => Err(SmtpError),
        }
    }
}

impl<'de> Deserialize<'de> for Smtp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match toml::Value::deserialize(deserializer)? {
            toml::Value::String(text) => text.parse().map_err(de::Error::custom),
            _ => Err(de::Error::custom(SmtpError)),
        }
    }
}

/// What mails go through, a connection for each.
pub(super) struct Relay(AsyncSmtpTransport<Tokio1Executor>);

impl Relay {
    pub(super) fn new(Smtp { host, port }: &Smtp) -> Self {
        let relay = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(host).port(*port);
        Self(relay.timeout(Some(TIME)).build())
    }

    pub(super) async fn send(&self, mail: &Mail) -> io::Result<()> {
        let address = |text: &str| text.parse::<Address>().map_err(io::Error::other);
        let message = Message::builder()
            .from(Mailbox::new(Some("Uptinio".to_owned()), address(SENDER)?))
            .to(Mailbox::new(None, address(mail.to())?))
            .subject(mail.subject())
            .header(ContentType::TEXT_PLAIN)
            .body(mail.text().expose_secret().to_owned())
            .map_err(io::Error::other)?;
        let sent = timeout(TIME, self.0.send(message)).await;
        sent.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))?.map(drop).map_err(io::Error::other)
    }
}

#[cfg(test)]
mod tests {
    use super::super::address::is_address;
    use super::*;

    #[test]
    fn mail_can_be_sent_to_every_address_that_is_taken() {
        let long = format!("{}@example.com", "x".repeat(64));
        for address in ["a@b", "o'neil+tag@x-y.example.co", "A.B@EXAMPLE.com", "1@2.3", "!#$%&'*/=?^_`{|}~-@b", &long] {
            assert!(is_address(address) && address.parse::<Address>().is_ok(), "{address}");
        }
    }

    #[test]
    fn a_relay_is_written_as_host_and_port() {
        let relay = |host: &str, port| Ok(Smtp { host: host.to_owned(), port });
        assert_eq!("127.0.0.1:1025".parse(), relay("127.0.0.1", 1025));
        assert_eq!("mail.example:25".parse(), relay("mail.example", 25));
        assert_eq!("[::1]:25".parse(), relay("::1", 25));
        for other in
            ["", "mail.example", "127.0.0.1:", ":25", "smtp://a:25", "user:hush@a:25", "a:25/", "a:25?x", "a:99999"]
        {
            assert_eq!(other.parse::<Smtp>(), Err(SmtpError), "{other}");
        }
    }
}
