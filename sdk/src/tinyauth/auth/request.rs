//! The request that a decision is asked for.

use std::fmt;
use std::net::IpAddr;

use http::header::{ACCEPT, HeaderValue, USER_AGENT};
use http::{HeaderMap, Method};

use crate::endpoint::JSON;
use crate::{ConfigurationError, FieldProblem, InvalidField};

/// Which proxy to ask as. The answers differ: nginx cannot pass a redirect on, and is denied in its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Proxy {
    /// As Traefik's `forwardAuth`.
    #[default]
    Traefik,
    /// As nginx's `auth_request`.
    Nginx,
    /// As Caddy's `forward_auth`.
    Caddy,
}

impl Proxy {
    /// The name by which Tinyauth knows it.
    pub fn as_str(self) -> &'static str {
        match self {
            Proxy::Traefik => "traefik",
            Proxy::Nginx => "nginx",
            Proxy::Caddy => "caddy",
        }
    }
}

impl fmt::Display for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A request of a visitor's, as far as Tinyauth needs to know it. `Debug` does not show the query.
///
/// ```
/// # use probity::tinyauth::{ForwardedRequest, Proxy};
/// # let headers = http::HeaderMap::new();
/// # let peer = std::net::SocketAddr::from(([203, 0, 113, 7], 50000));
/// let request = ForwardedRequest::new("https", "app.example.com", "/reports?year=2026")
///     .visitor(&headers) // their Accept and User-Agent: whether it is a browser
///     .client_address(peer.ip()) // for rules about addresses
///     .method(http::Method::GET)
///     .proxy(Proxy::Caddy);
/// ```
#[derive(Clone)]
pub struct ForwardedRequest {
    proxy: Proxy,
    proto: String,
    host: String,
    uri: String,
    method: Option<Method>,
    client_address: Option<IpAddr>,
    /// Line by line.
    accept: Vec<Vec<u8>>,
    user_agent: Vec<Vec<u8>>,
}

impl ForwardedRequest {
    /// What was asked for: the scheme (`https`), the host, with its port if that is not the scheme's own, and the path with
    /// its query. It is taken for an API client's, which is never sent to log in, unless the [visitor](Self::visitor) is told.
    pub fn new(proto: impl Into<String>, host: impl Into<String>, uri: impl Into<String>) -> Self {
        Self {
            proxy: Proxy::default(),
            proto: proto.into(),
            host: host.into(),
            uri: uri.into(),
            method: None,
            client_address: None,
            accept: Vec::new(),
            user_agent: Vec::new(),
        }
    }

    /// Asks as this proxy. [`Proxy::Traefik`] unless set.
    pub fn proxy(self, proxy: Proxy) -> Self {
        Self { proxy, ..self }
    }

    /// Takes `Accept` and `User-Agent` from the headers of the visitor's request, byte for byte: by the first the document
    /// tells browsers from API clients, by the second newer releases do.
    pub fn visitor(self, headers: &HeaderMap) -> Self {
        let lines = |name| headers.get_all(name).iter().map(|line| line.as_bytes().to_vec()).collect();
        Self { accept: lines(ACCEPT), user_agent: lines(USER_AGENT), ..self }
    }

    /// The address that the visitor's request came from. Unless set, rules about addresses are held against that of the
    /// application that asks. It is not taken from the visitor's headers, where anything can stand.
    pub fn client_address(self, address: IpAddr) -> Self {
        Self { client_address: Some(address), ..self }
    }

    /// The method of the visitor's request. Proxies tell it; unless set it is not told.
    pub fn method(self, method: Method) -> Self {
        Self { method: Some(method), ..self }
    }

    /// The visitor's `Accept`: a browser's lists `text/html`. `application/json` unless set.
    pub fn accept(self, accept: impl Into<String>) -> Self {
        Self { accept: vec![accept.into().into_bytes()], ..self }
    }

    /// The visitor's `User-Agent`. The client's own unless set.
    pub fn user_agent(self, user_agent: impl Into<String>) -> Self {
        Self { user_agent: vec![user_agent.into().into_bytes()], ..self }
    }

    pub(super) fn asked_proxy(&self) -> Proxy {
        self.proxy
    }

    pub(super) fn add_to(
        &self,
        mut request: http::request::Builder,
    ) -> Result<http::request::Builder, ConfigurationError> {
        let asked = [
            ("x-forwarded-proto", "scheme", &self.proto),
            ("x-forwarded-host", "host", &self.host),
            ("x-forwarded-uri", "path", &self.uri),
        ];
        for line in &self.accept {
            request = request.header(ACCEPT, value("accept", line)?);
        }
        if self.accept.is_empty() {
            request = request.header(ACCEPT, JSON);
        }
        for (name, what, text) in asked {
            // Without one of them, releases decide on an address that nobody asked for, or fail.
            if text.is_empty() {
                return Err(InvalidField::new(what, FieldProblem::Empty).into());
            }
            request = request.header(name, value(what, text.as_bytes())?);
        }
        if let Some(method) = &self.method {
            request = request.header("x-forwarded-method", method.as_str());
        }
        if let Some(address) = self.client_address {
            request = request.header("x-forwarded-for", address.to_string());
        }
        for line in &self.user_agent {
            request = request.header(USER_AGENT, value("user agent", line)?);
        }
        Ok(request)
    }
}

fn value(what: &'static str, bytes: &[u8]) -> Result<HeaderValue, ConfigurationError> {
    HeaderValue::from_bytes(bytes).map_err(|_| ConfigurationError::Header(what))
}

impl fmt::Debug for ForwardedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.uri.split(['?', '#']).next().unwrap_or_default();
        let texts = |lines: &[Vec<u8>]| -> Vec<_> {
            lines.iter().map(|line| String::from_utf8_lossy(line).into_owned()).collect()
        };
        f.debug_struct("ForwardedRequest")
            .field("proxy", &self.proxy)
            .field("address", &format_args!("{}://{}{path}", self.proto, self.host))
            .field("method", &self.method)
            .field("client_address", &self.client_address)
            .field("accept", &texts(&self.accept))
            .field("user_agent", &texts(&self.user_agent))
            .finish()
    }
}
