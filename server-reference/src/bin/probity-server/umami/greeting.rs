//! What the program prints when Umami's server has started.

use crate::greeting::{Greeting, Secrets};
use crate::shell::{ask_for_password, credentials, curl, quoted};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use probity_fixtures::{Operation, umami::operation};
use probity_server::umami::{Deviation, Seed, User, Website};
use serde_json::json;

pub(super) fn greeting(url: &str, seed: &Seed, secrets: Secrets, deviations: &[Deviation]) -> Greeting {
    let told =
        |user: &User| format!("{} ({}){}", user.username, user.role.as_str(), secrets.told("password", &user.password));
    Greeting {
        heading: format!("Umami answers at {url}"),
        deviations: deviations.iter().map(|deviation| deviation.id()).collect(),
        users: seed.users.iter().map(told).collect(),
        script: seed.users.first().map(|user| script(url, seed, user, secrets)).unwrap_or_default(),
    }
}

/// The user logs in, lists websites, is visited, and looks at the stats.
fn script(url: &str, seed: &Seed, user: &User, secrets: Secrets) -> Vec<String> {
    let at = |path: &str| format!("{url}{path}");
    let mut lines: Vec<_> = ask_for_password(secrets).into_iter().collect();
    let body = credentials(None, "username", &user.username, &user.password, secrets);
    let login = format!("{} -d {body}", curl(&at(operation::LOGIN.path), &["Content-Type: application/json"]));
    let token = format!(r#"TOKEN=$({login} | sed 's/.*"token":"\([^"]*\)".*/\1/')"#);
    let with_token = r#" -H "Authorization: Bearer $TOKEN""#;
    let websites = curl(&at(operation::WEBSITES.path), &["Accept: application/json"]) + with_token;
    lines.extend([login, token, websites]);
    if let Some(website) = seed.websites.iter().find(|website| website.owner == user.username) {
        let event = json!({"type": "event", "payload": {"website": website.id, "url": "/pricing"}});
        let send = curl(&at(operation::SEND.path), &["Content-Type: application/json", BROWSER]);
        let stats = below(website, operation::STATS) + "?startAt=0&endAt=9999999999999";
        lines.extend([format!("{send} -d {}", quoted(&event.to_string())), curl(&at(&stats), &[]) + with_token]);
    }
    lines
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
