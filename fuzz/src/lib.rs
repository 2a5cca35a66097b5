//! What the targets of the SDK's endpoints share: an answer out of any bytes, and what may come of reading it.

use bytes::Bytes;
use probity::endpoint::Endpoint;
use probity::{Error, ErrorKind, Refusal};
use probity_fixtures::{Message, Recording};

/// The answer of a recording; or one that is given as such a part of it; or with these bytes as its body.
pub fn answer(data: &[u8]) -> Option<http::Response<Bytes>> {
    let Ok(text) = std::str::from_utf8(data) else {
        return Some(http::Response::new(Bytes::copy_from_slice(data)));
    };
    let message = Recording::read(text).map(|recording| recording.response).or_else(|_| Message::read(text));
    match message {
        Ok(message) if message.start.starts_with("HTTP/1.1 ") => of(&message),
        _ => Some(http::Response::new(Bytes::copy_from_slice(data))),
    }
}

fn of(message: &Message<'_>) -> Option<http::Response<Bytes>> {
    let response = http::Response::builder().status(message.start.split(' ').nth(1)?);
    let response = message.headers.iter().fold(response, |response, (name, value)| response.header(*name, *value));
    response.body(Bytes::copy_from_slice(message.body.as_bytes())).ok()
}

/// Reads an answer by an endpoint: it is read, or the error says of which operation, under which status, and why.
pub fn read<E: Endpoint>(endpoint: &E, response: &http::Response<Bytes>)
where
    Error<E::Refusal>: std::fmt::Display,
    E::Refusal: Refusal,
{
    let Err(error) = endpoint.read(response) else { return };
    assert_eq!(error.status(), Some(response.status()));
    assert!(matches!(error.kind(), ErrorKind::Rejected(_) | ErrorKind::Undecodable(_)));
    assert!(error.to_string().starts_with(E::NAME));
    // What is shown grows with what is kept, and no further.
    assert!(format!("{error} {error:?}").len() < 64 * 1024);
}
