//! What requests have in common.

use bytes::Bytes;
use http::Method;
use http::header::{ACCEPT, CONTENT_TYPE, HeaderName, HeaderValue};
use serde_json::Value;
use url::Url;

use crate::endpoint::JSON;
use crate::{BaseUrl, ConfigurationError, InvalidSegment};

/// The URL of what lies at `segments` below `/api/v1`.
pub(super) fn url<'a>(base: &BaseUrl, segments: impl IntoIterator<Item = &'a str>) -> Result<Url, InvalidSegment> {
    base.join(["api", "v1"].into_iter().chain(segments))
}

/// A request that says all in its URL.
pub(super) fn plain(
    method: Method,
    url: &Url,
    (name, token): (HeaderName, HeaderValue),
) -> Result<http::Request<Bytes>, ConfigurationError> {
    Ok(begin(method, url).header(name, token).body(Bytes::new())?)
}

/// `POST` with JSON, and without a token where none is needed.
pub(super) fn post_json(
    url: &Url,
    token: Option<(HeaderName, HeaderValue)>,
    body: &Value,
) -> Result<http::Request<Bytes>, ConfigurationError> {
    let mut request = begin(Method::POST, url);
    if let Some((name, token)) = token {
        request = request.header(name, token);
    }
    Ok(request.header(CONTENT_TYPE, JSON).body(body.to_string().into())?)
}

fn begin(method: Method, url: &Url) -> http::request::Builder {
    http::Request::builder().method(method).uri(url.as_str()).header(ACCEPT, JSON)
}
