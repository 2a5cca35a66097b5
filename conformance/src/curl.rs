//! An exchange's request as a shell line that runs as it is, once the variables in the secrets' places are set.

use crate::exchange::Sent;
use crate::secrets::{Piece, Secrets};
use http::header::{CONNECTION, CONTENT_LENGTH, HOST};

/// The `curl` line of a request.
pub(crate) fn line(request: &Sent, secrets: &Secrets) -> String {
    let quoted = |text: &str| quote(secrets.pieces(text));
    let mut line = format!("curl -i -X {} {}", request.method, quoted(request.url.as_str()));
    for (name, value) in &request.headers {
        // curl writes these itself, from what it sends.
        if [HOST, CONTENT_LENGTH, CONNECTION].contains(name) {
            continue;
        }
        let value = String::from_utf8_lossy(value.as_bytes());
        // `Name;` is curl's way to send a header that is empty.
        let header = if value.is_empty() { format!("{name};") } else { format!("{name}: {value}") };
        line += &format!(" -H {}", quoted(&header));
    }
    if request.body.is_empty() {
        return line;
    }
    match std::str::from_utf8(&request.body) {
        Ok(body) => line + &format!(" --data-raw {}", quoted(body)),
        Err(_) => {
            let bytes: String = request.body.iter().map(|byte| format!("\\x{byte:02x}")).collect();
            format!("printf '{bytes}' | {line} --data-binary @-")
        }
    }
}

/// Text in single quotes, variables in double ones.
fn quote(pieces: Vec<Piece>) -> String {
    let quoted = pieces.into_iter().map(|piece| match piece {
        Piece::Text(text) => format!("'{}'", text.replace('\'', r"'\''")),
        Piece::Variable(name) => format!("\"${name}\""),
    });
    match quoted.collect::<String>() {
        empty if empty.is_empty() => "''".to_owned(),
        quoted => quoted,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::{HeaderMap, HeaderValue, Method};

    #[test]
    fn secrets_become_variables_that_the_shell_expands_and_the_rest_is_taken_literally() {
        let mut secrets = Secrets::default();
        secrets.add("UMAMI_PASSWORD", "it's $ecret");
        let mut headers = HeaderMap::new();
        headers.insert("x-note", HeaderValue::from_static("$HOME `id`"));
        let request = Sent {
            method: Method::POST,
            url: "http://localhost:3000/api/auth/login".parse().expect("an address"),
            headers,
            body: r#"{"name":"o'brien","password":"it's $ecret"}"#.into(),
        };
        insta::assert_snapshot!(line(&request, &secrets), @r#"curl -i -X POST 'http://localhost:3000/api/auth/login' -H 'x-note: $HOME `id`' --data-raw '{"name":"o'\''brien","password":"'"$UMAMI_PASSWORD"'"}'"#);
    }
}
