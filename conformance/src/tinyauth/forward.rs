//! Requests as proxies make them: `GET /api/auth/{proxy}`, with the address that was asked for.

use crate::request::Request;
use crate::run::Run;
use http::HeaderName;
use http::header::{ACCEPT, USER_AGENT};
use probity_fixtures::tinyauth::{operation, requirement};

/// The proxies that the document names.
pub(super) const PROXIES: [&str; 3] = ["traefik", "nginx", "caddy"];

/// Those that a browser is redirected by.
pub(super) const REDIRECTING: [&str; 2] = ["traefik", "caddy"];

pub(super) const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
pub(super) const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
pub(super) const FORWARDED_URI: HeaderName = HeaderName::from_static("x-forwarded-uri");

/// Who asks through a proxy, and what makes a request theirs.
type Client = (&'static str, fn(Request) -> Request);

/// Those whom the document tells apart.
pub(super) const CLIENTS: [Client; 2] = [("an API client", |request| request), ("a browser", by_browser)];

/// What a browser lists in its Accept header.
pub(super) const BROWSERS_ACCEPT: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
pub(super) const BROWSERS_AGENT: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
pub(super) const CURLS_AGENT: &str = "curl/8.14.1";

/// A proxy's question whether a request for `/a/b` on the target's own host may pass, as an API client's.
pub(super) fn asked_by(run: &Run, proxy: &str) -> Request {
    let host = run.url().host_str().unwrap_or_default();
    let request = Request::new(operation::AUTH).at("proxy", proxy);
    let request = request.header(FORWARDED_PROTO, "https").header(FORWARDED_HOST, host).header(FORWARDED_URI, "/a/b");
    if proxy == "traefik" { request } else { request.to_succeed_by(requirement::AUTH_PROXIES) }
}

/// The same request as a browser's.
pub(super) fn by_browser(request: Request) -> Request {
    request.header(ACCEPT, BROWSERS_ACCEPT).header(USER_AGENT, BROWSERS_AGENT)
}
