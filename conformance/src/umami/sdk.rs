//! Reads Umami's answers as the SDK does.

use crate::exchange::Response;
use bytes::Bytes;
use probity::endpoint::Endpoint;
use probity::umami::{Credentials, Login, Verify, Websites};
use probity_fixtures::Operation;
use probity_fixtures::umami::operation;

/// Whether the SDK can decode an operation's successful answer; none where it has no such operation.
pub(super) fn decode(operation: &Operation, response: &Response) -> Option<Result<(), String>> {
    let mut message = http::Response::new(response.body.clone());
    *message.status_mut() = response.status;
    *message.headers_mut() = response.headers.clone();
    // What a login is sent with does not matter to how its answer is read.
    let nobody = Credentials::new("", "");
    match operation {
        operation if operation == operation::LOGIN => Some(read(&Login::new(&nobody), &message)),
        operation if operation == operation::VERIFY => Some(read(&Verify, &message)),
        operation if operation == operation::WEBSITES => Some(read(&Websites::default(), &message)),
        _ => None,
    }
}

fn read<E: Endpoint>(endpoint: &E, message: &http::Response<Bytes>) -> Result<(), String> {
    endpoint.read(message).map(drop).map_err(|error| error.to_string())
}
