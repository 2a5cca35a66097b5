//! Generating values programmatically: what a page's script needs of the server, from another origin.

use crate::case::{Case, case};
use crate::exchange::Response;
use crate::expect::that;
use crate::umami::site::Site;
use http::Method;
use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_REQUEST_HEADERS,
    ACCESS_CONTROL_REQUEST_METHOD, HeaderName, ORIGIN,
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
            .holds(SEND_FROM_OTHER_ORIGINS, that("Content-Type among the headers", allows_content_type));
        let sent = event.variant("the event itself", |event| event.header(ORIGIN, PAGE)).await?;
        sent.holds(SEND_FROM_OTHER_ORIGINS, that("an answer 2xx that allows the origin", allows_origin));
        Ok(())
    })
}

/// One value, `*` or the very origin: browsers take nothing else.
fn allows_origin(response: &Response) -> Result<(), String> {
    if !response.status.is_success() {
        return Err(response.summary());
    }
    match values(response, &ACCESS_CONTROL_ALLOW_ORIGIN).as_slice() {
        [allowed] if allowed == "*" || allowed == PAGE => Ok(()),
        others => Err(told(response, &ACCESS_CONTROL_ALLOW_ORIGIN, others)),
    }
}

fn allows_content_type(response: &Response) -> Result<(), String> {
    let allowed = values(response, &ACCESS_CONTROL_ALLOW_HEADERS);
    let words = allowed.iter().flat_map(|line| line.split(',')).map(str::trim);
    match words.into_iter().any(|word| word == "*" || word.eq_ignore_ascii_case("content-type")) {
        true => Ok(()),
        false => Err(told(response, &ACCESS_CONTROL_ALLOW_HEADERS, &allowed)),
    }
}

fn values(response: &Response, header: &HeaderName) -> Vec<String> {
    let lines = response.headers.get_all(header).iter();
    lines.map(|line| String::from_utf8_lossy(line.as_bytes()).into_owned()).collect()
}

fn told(response: &Response, header: &HeaderName, values: &[String]) -> String {
    match values {
        [] => format!("{} without {header}", response.status),
        values => format!("{header}: {}", values.join(" and ")),
    }
}
