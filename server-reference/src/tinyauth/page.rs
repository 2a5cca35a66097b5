//! GET /login and GET /error: one page for browsers that are sent there.

use axum::http::header;
use axum::response::{Html, IntoResponse};

/// What the page may do: talk to its own server, and stand in no other page.
const POLICY: &str = "default-src 'none'; connect-src 'self'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

pub(super) async fn page() -> impl IntoResponse {
    let headers = [(header::CONTENT_SECURITY_POLICY, POLICY), (header::CACHE_CONTROL, "no-store")];
    (headers, Html(include_str!("page.html")))
}
