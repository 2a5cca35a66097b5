//! Starting Umami's server, and what it prints.

use crate::arguments::Arguments;
use crate::{HASH_COST, Trouble};
use probity_fixtures::umami::operation;
use probity_server::umami::{Deviation, Seed, User};
use probity_server::{ReferenceServer, RunningServer};
use secrecy::ExposeSecret as _;
use serde_json::json;
use std::io::{self, Write};
use std::net::Ipv4Addr;

/// Starts the server: with the document's own users, or with those of a seed file.
pub(crate) async fn start(arguments: &Arguments, of_file: Option<Seed>) -> Result<RunningServer, Trouble> {
    let address = arguments.listen.unwrap_or((Ipv4Addr::LOCALHOST, 3000).into());
    let asked: Vec<_> = arguments.deviations().collect();
    let deviations: Vec<_> = Deviation::ALL.iter().copied().filter(|one| asked.contains(&one.id())).collect();
    let passwords = if of_file.is_some() { Passwords::Kept } else { Passwords::Public };
    let seed = of_file.unwrap_or_else(Seed::document);
    if passwords == Passwords::Public && !address.ip().is_loopback() {
        eprintln!(
            "warning: other machines can reach {address}, and everybody knows the sample users' passwords: \
             --seed gives users of your own"
        );
    }
    let server = ReferenceServer::umami()
        .seed(seed.clone())
        .deviations(deviations.iter().copied())
        .hash_cost(HASH_COST)
        .listen(address)
        .start()
        .await
        .map_err(|reason| Trouble::Listen { address, reason })?;
    greet(&mut io::stdout().lock(), server.url(), &seed, passwords, &deviations).map_err(Trouble::Write)?;
    Ok(server)
}

/// Whether the users' passwords may be printed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Passwords {
    Public,
    Kept,
}

/// Says where the server is, who can log in, and how to try it with curl.
fn greet(
    out: &mut impl Write,
    url: &str,
    seed: &Seed,
    passwords: Passwords,
    deviations: &[Deviation],
) -> io::Result<()> {
    writeln!(out, "Umami answers at {url}\n")?;
    if !deviations.is_empty() {
        writeln!(out, "It departs from the document:")?;
        for deviation in deviations {
            writeln!(out, "  {}", deviation.id())?;
        }
        writeln!(out)?;
    }
    writeln!(out, "Users:")?;
    for user in &seed.users {
        write!(out, "  {} ({})", user.username, user.role.as_str())?;
        match passwords {
            Passwords::Public => writeln!(out, ", password: {}", user.password.expose_secret())?,
            Passwords::Kept => writeln!(out)?,
        }
    }
    if let Some(user) = seed.users.first() {
        let login = format!(
            "curl -s {url}{} -H 'Content-Type: application/json' -d {}",
            operation::LOGIN.path,
            body_of_login(user, passwords)
        );
        let websites = format!("curl -s {url}{} -H 'Accept: application/json'", operation::WEBSITES.path);
        writeln!(out, "\nTry it:")?;
        if passwords == Passwords::Kept {
            writeln!(out, "  PASSWORD=…")?;
        }
        writeln!(out, "  {login}")?;
        writeln!(out, r#"  TOKEN=$({login} | sed 's/.*"token":"\([^"]*\)".*/\1/')"#)?;
        writeln!(out, r#"  {websites} -H "Authorization: Bearer $TOKEN""#)?;
    }
    out.flush()
}

/// The body of a user's login, as a word for the shell; a password that is kept is `$PASSWORD`.
fn body_of_login(user: &User, passwords: Passwords) -> String {
    let username = json!(user.username);
    match passwords {
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

/// A text in single quotes, as shells read it.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}
