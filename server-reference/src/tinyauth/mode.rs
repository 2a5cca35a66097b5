//! API mode, in which nobody is redirected, or a browser's.

use super::Deviation;
use super::authorization::is_basic;
use super::instance::Instance;
use axum::http::{HeaderMap, header};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    Api,
    Browser,
}

impl Mode {
    /// Of a request: a browser's lists `text/html` in its Accept header, and does not carry Basic.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        match is_basic(headers) {
            true => Mode::Api,
            false => Mode::by_accept(headers),
        }
    }

    /// Of a request that a proxy asks about, in which servers depart.
    pub(super) fn of_forwarded(instance: &Instance, headers: &HeaderMap) -> Self {
        if is_basic(headers) && !instance.deviates(Deviation::BasicLeavesTheMode) {
            return Mode::Api;
        }
        if instance.deviates(Deviation::ModeByUserAgent) {
            return Mode::by_user_agent(headers);
        }
        let takes_anything = !headers.contains_key(header::ACCEPT) || lists(headers, "*/*");
        match takes_anything && instance.deviates(Deviation::WildcardIsBrowser) {
            true => Mode::Browser,
            false => Mode::by_accept(headers),
        }
    }

    fn by_accept(headers: &HeaderMap) -> Self {
        match lists(headers, "text/html") {
            true => Mode::Browser,
            false => Mode::Api,
        }
    }

    fn by_user_agent(headers: &HeaderMap) -> Self {
        let name = headers.get(header::USER_AGENT).and_then(|name| name.to_str().ok()).unwrap_or_default();
        match ["Chrome", "Gecko", "AppleWebKit", "Opera", "Edge"].into_iter().any(|browser| name.contains(browser)) {
            true => Mode::Browser,
            false => Mode::Api,
        }
    }
}

/// Whether the Accept header lists a media type, in whatever case, and does not refuse it by a weight of zero
/// (RFC 9110 §12.5.1).
fn lists(headers: &HeaderMap, media_type: &str) -> bool {
    let lines = headers.get_all(header::ACCEPT).iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).any(|range| {
        let mut parts = range.split(';').map(str::trim);
        let is_named = parts.next().is_some_and(|named| named.eq_ignore_ascii_case(media_type));
        is_named && !parts.any(is_zero_weight)
    })
}

fn is_zero_weight(parameter: &str) -> bool {
    let weight = parameter.split_once('=').filter(|(name, _)| name.trim().eq_ignore_ascii_case("q"));
    weight.and_then(|(_, weight)| weight.trim().parse().ok()).is_some_and(|weight: f32| weight == 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn of(accept: &'static str) -> Mode {
        Mode::of(&HeaderMap::from_iter([(header::ACCEPT, HeaderValue::from_static(accept))]))
    }

    #[test]
    fn who_lists_html_is_a_browser() {
        let browsers = [
            "text/html",
            "TEXT/Html",
            "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            "application/json, text/html;q=0.1",
            "text/html;q=nonsense",
            "text/html ; charset=utf-8",
        ];
        for accept in browsers {
            assert_eq!(of(accept), Mode::Browser, "{accept}");
        }
    }

    #[test]
    fn everybody_else_is_not() {
        let others = [
            "",
            "*/*",
            "text/*",
            "application/json",
            "text/html;q=0",
            "text/html; Q=0.000",
            "text/htmlx",
            "x=text/html",
        ];
        for accept in others {
            assert_eq!(of(accept), Mode::Api, "{accept}");
        }
        assert_eq!(Mode::of(&HeaderMap::new()), Mode::Api);
    }

    #[test]
    fn basic_is_an_api_clients_whatever_it_lists() {
        let mut headers = HeaderMap::from_iter([(header::ACCEPT, HeaderValue::from_static("text/html"))]);
        headers.insert(header::AUTHORIZATION, HeaderValue::from_static("basic nonsense"));
        assert_eq!(Mode::of(&headers), Mode::Api);
    }
}
