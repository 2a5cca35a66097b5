//! What the program prints when Umami's server has started.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use probity_fixtures::{Operation, umami::operation};
use probity_server::umami::{Deviation, Seed, User, Website};
use secrecy::ExposeSecret as _;
use serde_json::json;
use std::io::{self, Write};

/// Where the server is, who can log in, and how to try it with curl.
pub(super) struct Greeting<'a> {
    pub(super) url: &'a str,
    pub(super) seed: &'a Seed,
    pub(super) passwords: Passwords,
    pub(super) deviations: &'a [Deviation],
}

/// Whether the users' passwords may be printed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Passwords {
    Public,
    Kept,
}

impl Greeting<'_> {
    pub(super) fn write(&self, out: &mut impl Write) -> io::Result<()> {
        writeln!(out, "Umami answers at {}\n", self.url)?;
        if !self.deviations.is_empty() {
            writeln!(out, "It departs from the document:")?;
            for deviation in self.deviations {
                writeln!(out, "  {}", deviation.id())?;
            }
            writeln!(out)?;
        }
        writeln!(out, "Users:")?;
        for user in &self.seed.users {
            write!(out, "  {} ({})", user.username, user.role.as_str())?;
            match self.passwords {
                Passwords::Public => writeln!(out, ", password: {}", user.password.expose_secret())?,
                Passwords::Kept => writeln!(out)?,
            }
        }
        if let Some(user) = self.seed.users.first() {
            writeln!(out, "\nTry it:")?;
            for line in self.script(user) {
                writeln!(out, "  {line}")?;
            }
        }
        out.flush()
    }

    /// Lines for a shell: the user logs in, lists websites, is visited, and looks at the stats.
    fn script(&self, user: &User) -> Vec<String> {
        let mut lines = Vec::new();
        if self.passwords == Passwords::Kept {
            lines.push("PASSWORD=…".to_owned());
        }
        let login = self.curl(operation::LOGIN.path, &["Content-Type: application/json"]);
        let login = format!("{login} -d {}", self.body_of_login(user));
        let token = format!(r#"TOKEN=$({login} | sed 's/.*"token":"\([^"]*\)".*/\1/')"#);
        let with_token = r#" -H "Authorization: Bearer $TOKEN""#;
        let websites = self.curl(operation::WEBSITES.path, &["Accept: application/json"]) + with_token;
        lines.extend([login, token, websites]);
        if let Some(website) = self.seed.websites.iter().find(|website| website.owner == user.username) {
            let event = json!({"type": "event", "payload": {"website": website.id, "url": "/pricing"}});
            let send = self.curl(operation::SEND.path, &["Content-Type: application/json", BROWSER]);
            let stats = below(website, operation::STATS) + "?startAt=0&endAt=9999999999999";
            lines.extend([format!("{send} -d {}", quoted(&event.to_string())), self.curl(&stats, &[]) + with_token]);
        }
        lines
    }

    fn curl(&self, path: &str, headers: &[&str]) -> String {
        let headers: String = headers.iter().map(|header| format!(" -H {}", quoted(header))).collect();
        format!("curl -s {}{headers}", quoted(&format!("{}{path}", self.url)))
    }

    /// The body of a user's login, as a word for the shell; a password that is kept is `$PASSWORD`.
    fn body_of_login(&self, user: &User) -> String {
        let username = json!(user.username);
        match self.passwords {
            Passwords::Public => {
                let password = json!(user.password.expose_secret());
                quoted(&format!(r#"{{"username":{username},"password":{password}}}"#))
            }
            Passwords::Kept => {
                let before = quoted(&format!(r#"{{"username":{username},"password":""#));
                format!(r#"{before}"$PASSWORD"'"}}'"#)
            }
        }
    }
}

/// curl's own name is taken for a bot's.
const BROWSER: &str = "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";

/// All that is not unreserved (RFC 3986 §2.3).
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The path of an operation on a website.
fn below(website: &Website, operation: &Operation) -> String {
    let id = utf8_percent_encode(&website.id, RESERVED).to_string();
    operation.path.replace("{websiteId}", &id)
}

/// A text in single quotes, as shells read it.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}
