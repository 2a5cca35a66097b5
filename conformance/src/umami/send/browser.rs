//! Generating values programmatically: what a page's script needs of the server, from another origin.

use crate::case::{Case, case};
use crate::exchange::Response;
use crate::expect::that;
use crate::umami::site::Site;
use http::Method;
use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, HeaderName, ORIGIN,
};
use probity_fixtures::umami::requirement::*;

pub(super) fn cases() -> Vec<Case> {
    vec![from_another_origin()]
}

const PAGE: &str = "https://shop.example";

fn from_another_origin() -> Case {
    let says = "A page on another origin may send: the preflight allows it, and the answer allows the origin";
    case("umami.send.from-another-origin", says, &[SEND_FROM_OTHER_ORIGINS], async |run| {
        let site = Site::arrange(run).await?;
        let event = site.proper_event().await?;
        let preflight = event.variant("a browser's preflight", |event| {
            event
                .method(Method::OPTIONS)
                .without_body()
                .header(ORIGIN, PAGE)
                .header(ACCESS_CONTROL_REQUEST_METHOD, "POST")
                .header(ACCESS_CONTROL_REQUEST_HEADERS, "content-type")
        });
        preflight
            .await?
            .holds(SEND_FROM_OTHER_ORIGINS, that("an answer 2xx that allows the origin", allows_origin))
            .holds(SEND_FROM_OTHER_ORIGINS, that("POST among the methods, or a safelisted one", allows_post))
            .holds(SEND_FROM_OTHER_ORIGINS, that("Content-Type among the headers", allows_content_type));
        let sent = event.variant("the event itself", |event| event.header(ORIGIN, PAGE)).await?;
        sent.holds(SEND_FROM_OTHER_ORIGINS, that("an answer 2xx that allows the origin", allows_origin));
        Ok(())
    })
}

fn allows_origin(response: &Response) -> Result<(), String> {
    if !response.status.is_success() {
        return Err(response.summary());
    }
    lists(response, &ACCESS_CONTROL_ALLOW_ORIGIN, PAGE)
}

fn allows_post(response: &Response) -> Result<(), String> {
    // POST is a CORS-safelisted method: a preflight need not list it.
    match response.headers.contains_key(ACCESS_CONTROL_ALLOW_METHODS) {
        true => lists(response, &ACCESS_CONTROL_ALLOW_METHODS, "POST"),
        false => Ok(()),
    }
}

fn allows_content_type(response: &Response) -> Result<(), String> {
    lists(response, &ACCESS_CONTROL_ALLOW_HEADERS, "content-type")
}

/// Whether a header is `*`, or has the word among those that it lists.
fn lists(response: &Response, header: &HeaderName, word: &str) -> Result<(), String> {
    let values = response.headers.get_all(header).iter();
    let value = values.map(|value| String::from_utf8_lossy(value.as_bytes())).collect::<Vec<_>>().join(", ");
    match value.split(',').map(str::trim).any(|listed| listed == "*" || listed.eq_ignore_ascii_case(word)) {
        true => Ok(()),
        false if value.is_empty() => Err(format!("{} without {header}", response.status)),
        false => Err(format!("{header}: {value}")),
    }
}
