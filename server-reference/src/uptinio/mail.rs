//! Mails, and the ways that they go.

use super::smtp::{Relay, Smtp};
use secrecy::{ExposeSecret as _, SecretString};
use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;

/// A mail that a server has sent.
#[derive(Debug, Clone)]
pub struct Mail {
    to: String,
    subject: &'static str,
    secret: SecretString,
    is_code: bool,
}

impl Mail {
    pub(super) fn with_code(to: &str, code: &str) -> Self {
        Self { to: to.to_owned(), subject: "Your verification code", secret: code.into(), is_code: true }
    }

    pub(super) fn with_password(to: &str, password: SecretString) -> Self {
        Self { to: to.to_owned(), subject: "Your provisional password", secret: password, is_code: false }
    }

    /// The address that it went to, as the user has written it.
    pub fn to(&self) -> &str {
        &self.to
    }

    /// What it is about: `Your verification code` or `Your provisional password`.
    pub fn subject(&self) -> &str {
        self.subject
    }

    /// What it says.
    pub fn text(&self) -> SecretString {
        let secret = self.secret.expose_secret();
        let text = match self.is_code {
            true => format!(
                "Your verification code is {secret}\r\n\r\nIt counts for 15 minutes, and once. If you did not ask for \
                 it, somebody has mistyped an address: do nothing.\r\n"
            ),
            false => format!("Your provisional password is {secret}\r\n\r\nSign in with it and your address.\r\n"),
        };
        text.into()
    }

    /// The code of six digits in it, if it is a mail with one.
    pub fn code(&self) -> Option<&SecretString> {
        Some(&self.secret).filter(|_| self.is_code)
    }

    /// The provisional password in it, if it is a mail with one.
    pub fn password(&self) -> Option<&SecretString> {
        Some(&self.secret).filter(|_| !self.is_code)
    }
}

/// How many mails an outbox keeps; the oldest makes room.
const KEPT: usize = 1000;

/// The mails of a server that sends none by SMTP: the newest 1000. Clones share them.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// use probity_server::ReferenceServer;
///
/// let server = ReferenceServer::uptinio().start().await?;
/// assert!(server.outbox().code_for("nobody@example.com").is_none());
/// # server.shutdown().await;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Outbox {
    mails: Arc<Mutex<VecDeque<Mail>>>,
    sent: watch::Sender<usize>,
}

impl Outbox {
    fn new() -> Self {
        Self { mails: Arc::default(), sent: watch::Sender::new(0) }
    }

    fn mails(&self) -> MutexGuard<'_, VecDeque<Mail>> {
        self.mails.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn put(&self, mail: Mail) {
        let mut mails = self.mails();
        if mails.len() >= KEPT {
            mails.pop_front();
        }
        mails.push_back(mail);
        self.sent.send_modify(|sent| *sent += 1);
    }

    /// All mails that it keeps, the newest last.
    pub fn all(&self) -> Vec<Mail> {
        self.mails().iter().cloned().collect()
    }

    /// The newest code that went to an address, in whatever case. It may have expired or been used since.
    pub fn code_for(&self, address: &str) -> Option<SecretString> {
        self.newest(address, Mail::code)
    }

    /// The newest provisional password that went to an address, in whatever case.
    pub fn password_for(&self, address: &str) -> Option<SecretString> {
        self.newest(address, Mail::password)
    }

    fn newest(&self, address: &str, secret: fn(&Mail) -> Option<&SecretString>) -> Option<SecretString> {
        let mails = self.mails();
        let mut to = mails.iter().rev().filter(|mail| mail.to.eq_ignore_ascii_case(address));
        to.find_map(secret).cloned()
    }

    /// The mails from now on, one after the other.
    pub fn deliveries(&self) -> Deliveries {
        let sent = self.sent.subscribe();
        let seen = *sent.borrow();
        Deliveries { outbox: self.clone(), sent, seen }
    }
}

/// The mails that come to an [`Outbox`] one after the other: see [`Outbox::deliveries`].
#[derive(Debug)]
pub struct Deliveries {
    outbox: Outbox,
    sent: watch::Receiver<usize>,
    seen: usize,
}

impl Deliveries {
    /// The next mail, once it is there. Who lets more than 1000 pass misses the oldest of them.
    pub async fn next(&mut self) -> Mail {
        loop {
            {
                let mails = self.outbox.mails();
                let sent = *self.sent.borrow_and_update();
                let behind = (sent - self.seen).min(mails.len());
                if let Some(mail) = mails.len().checked_sub(behind).and_then(|next| mails.get(next)) {
                    self.seen = sent - behind + 1;
                    return mail.clone();
                }
            }
            // The outbox, which this holds, is the sender.
            let _sender_is_there = self.sent.changed().await;
        }
    }
}

/// The way that a server's mails go.
pub(super) struct Mailer {
    relay: Option<Relay>,
    outbox: Outbox,
}

impl Mailer {
    pub(super) fn new(smtp: Option<&Smtp>) -> Self {
        Self { relay: smtp.map(Relay::new), outbox: Outbox::new() }
    }

    pub(super) fn outbox(&self) -> &Outbox {
        &self.outbox
    }

    /// Sends a mail, within a time.
    ///
    /// # Errors
    ///
    /// The relay did not take it. A relay that took too long may have.
    pub(super) async fn send(&self, mail: Mail) -> io::Result<()> {
        match &self.relay {
            Some(relay) => relay.send(&mail).await,
            None => {
                self.outbox.put(mail);
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_outbox_keeps_the_newest_mails_and_finds_what_is_in_them() {
        let outbox = Outbox::new();
        for number in 0..=KEPT {
            outbox.put(Mail::with_code(&format!("{number}@b.test"), &format!("{number:06}")));
        }
        outbox.put(Mail::with_password("1@b.test", "provisional".into()));
        assert_eq!(outbox.all().len(), KEPT);
        let code = |address| outbox.code_for(address).map(|code| code.expose_secret().to_owned());
        assert_eq!((code("1@b.test"), code("2@B.test").as_deref()), (None, Some("000002")));
        assert_eq!(outbox.password_for("1@b.test").expect("a password").expose_secret(), "provisional");
    }

    #[tokio::test]
    async fn deliveries_are_the_mails_from_then_on_as_far_as_they_are_kept() {
        let outbox = Outbox::new();
        outbox.put(Mail::with_code("before@b.test", "000000"));
        let mut deliveries = outbox.deliveries();
        outbox.put(Mail::with_code("a@b.test", "000000"));
        outbox.put(Mail::with_code("b@b.test", "000000"));
        assert_eq!(deliveries.next().await.to(), "a@b.test");
        assert_eq!(deliveries.next().await.to(), "b@b.test");
        let (next, ()) = tokio::join!(deliveries.next(), async { outbox.put(Mail::with_code("c@b.test", "000000")) });
        assert_eq!(next.to(), "c@b.test");
        for number in 0..KEPT + 5 {
            outbox.put(Mail::with_code(&format!("{number}@b.test"), "000000"));
        }
        assert_eq!(deliveries.next().await.to(), "5@b.test");
    }

    #[test]
    fn a_mail_shows_no_secret() {
        let shown =
            format!("{:?}", [Mail::with_code("a@b.test", "123456"), Mail::with_password("a@b.test", "hush".into())]);
        assert!(shown.contains("a@b.test") && !shown.contains("123456") && !shown.contains("hush"), "{shown}");
    }
}
