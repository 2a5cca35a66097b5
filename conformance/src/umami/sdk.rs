//! Reads Umami's answers as the SDK does.

use crate::exchange::Response;
use bytes::Bytes;
use probity::endpoint::Endpoint;
use probity::umami::{
    Active, CreateWebsite, Credentials, DeleteWebsite, Event, Events, Login, Range, SendEvent, Stats, Verify, Websites,
};
use probity_fixtures::Operation;
use probity_fixtures::umami::operation;
use std::time::Duration;

/// Whether the SDK can decode an operation's successful answer; none where it has no such operation.
pub(super) fn decode(operation: &Operation, response: &Response) -> Option<Result<(), String>> {
    let mut message = http::Response::new(response.body.clone());
    *message.status_mut() = response.status;
    *message.headers_mut() = response.headers.clone();
    // What a request was made of does not matter to how its answer is read.
    let range = Range::last(Duration::ZERO);
    Some(match operation {
        _ if operation == operation::LOGIN => read(&Login::new(&Credentials::new("", "")), &message),
        _ if operation == operation::VERIFY => read(&Verify, &message),
        _ if operation == operation::WEBSITES => read(&Websites::default(), &message),
        _ if operation == operation::SEND => read(&SendEvent::new(&Event::page_view("")), &message),
        _ if operation == operation::CREATE_WEBSITE => read(&CreateWebsite::new("", ""), &message),
        _ if operation == operation::DELETE_WEBSITE => read(&DeleteWebsite::new(""), &message),
        _ if operation == operation::STATS => read(&Stats::new("", range), &message),
        _ if operation == operation::ACTIVE => read(&Active::new(""), &message),
        _ if operation == operation::EVENTS => read(&Events::new("", range), &message),
        _ => return None,
    })
}

fn read<E: Endpoint>(endpoint: &E, message: &http::Response<Bytes>) -> Result<(), String> {
    endpoint.read(message).map(drop).map_err(|error| error.to_string())
}
