//! Lines that can be pasted into a shell.

use crate::greeting::Secrets;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;

/// A text in single quotes, as shells read it.
pub(crate) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// A request by curl with some headers.
pub(crate) fn curl(url: &str, headers: &[&str]) -> String {
    let headers: String = headers.iter().map(|header| format!(" -H {}", quoted(header))).collect();
    format!("curl -s {}{headers}", quoted(url))
}

/// The JSON object of a login, as a word for the shell, within another object if there is to be one; a password that is
/// kept is `$PASSWORD`.
pub(crate) fn credentials(
    within: Option<&str>,
    member: &str,
    name: &str,
    password: &SecretString,
    secrets: Secrets,
) -> String {
    let (open, close) = match within {
        Some(within) => (format!(r#"{{"{within}":{{"#), "}}"),
        None => ("{".to_owned(), "}"),
    };
    let name = json!(name);
    match secrets {
        Secrets::Public => {
            let password = json!(password.expose_secret());
            quoted(&format!(r#"{open}"{member}":{name},"password":{password}{close}"#))
        }
        Secrets::Kept => {
            let before = quoted(&format!(r#"{open}"{member}":{name},"password":""#));
            format!(r#"{before}"$PASSWORD"'"{close}'"#)
        }
    }
}

/// The line that asks for a password that is kept.
pub(crate) fn ask_for_password(secrets: Secrets) -> Option<String> {
    (secrets == Secrets::Kept).then(|| "PASSWORD=…".to_owned())
}
