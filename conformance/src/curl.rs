//! An exchange's request as a shell line that runs as it is, once the variables in the secrets' places are set.

use crate::exchange::Sent;
use crate::secrets::{Piece, Secrets};
use http::header::{CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, HOST};

/// A longer body is no argument of a command any more.
const LONGEST_ARGUMENT: usize = 64 << 10;

/// The `curl` line of a request.
pub(crate) fn line(request: &Sent, secrets: &Secrets) -> String {
    let mut line = format!("curl -i -X {} {}", request.method, quote(secrets.pieces(request.url.as_str())));
    for (name, value) in &request.headers {
        // curl writes these itself, from what it sends.
        if [HOST, CONTENT_LENGTH, CONNECTION].contains(name) {
            continue;
        }
        let value = String::from_utf8_lossy(value.as_bytes());
        // `Name;` is curl's way to send a header that is empty.
        let name_and = if value.is_empty() { format!("{name};") } else { format!("{name}: ") };
        let mut pieces = secrets.pieces_of_header(name, &value);
        match pieces.first_mut() {
            Some(Piece::Text(first)) => first.insert_str(0, &name_and),
            _ => pieces.insert(0, Piece::Text(name_and)),
        }
        line += &format!(" -H {}", quote(pieces));
    }
    if request.body.is_empty() {
        return line;
    }
    if !request.headers.contains_key(CONTENT_TYPE) {
        line += " -H 'content-type:'"; // or curl calls it a form
    }
    if request.body.len() > LONGEST_ARGUMENT {
        return line + &format!(" --data-binary @BODY # a file with the {} bytes of the body", request.body.len());
    }
    let pieces = secrets.pieces(&String::from_utf8_lossy(&request.body));
    match std::str::from_utf8(&request.body) {
        Ok(_) => line + &format!(" --data-raw {}", quote(pieces)),
        Err(_) if pieces.iter().any(|piece| matches!(piece, Piece::Variable(_))) => {
            line + " --data-binary @BODY # a file with the body, which is no UTF-8 and holds a secret"
        }
        Err(_) => {
            let bytes: String = request.body.iter().map(|byte| format!("\\{byte:03o}")).collect();
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
        insta::assert_snapshot!(line(&request, &secrets), @r#"curl -i -X POST 'http://localhost:3000/api/auth/login' -H 'x-note: $HOME `id`' -H 'content-type:' --data-raw '{"name":"o'\''brien","password":"'"$UMAMI_PASSWORD"'"}'"#);
    }
}
