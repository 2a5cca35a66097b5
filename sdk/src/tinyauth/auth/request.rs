//! The request that a decision is asked for.

use std::fmt;

use http::HeaderMap;
use http::header::{ACCEPT, HeaderName, HeaderValue, USER_AGENT};

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
/// let request = ForwardedRequest::new("https", "app.example.com", "/reports?year=2026")
///     .visitor(&headers) // their Accept and User-Agent: whether it is a browser
///     .proxy(Proxy::Caddy);
/// ```
#[derive(Clone)]
pub struct ForwardedRequest {
    proxy: Proxy,
    proto: String,
    host: String,
    uri: String,
    accept: Option<String>,
    user_agent: Option<String>,
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
            accept: None,
            user_agent: None,
        }
    }

    /// Asks as this proxy. [`Proxy::Traefik`] unless set.
    pub fn proxy(self, proxy: Proxy) -> Self {
        Self { proxy, ..self }
    }

    /// Takes `Accept` and `User-Agent` from the headers of the visitor's request: by the first the document tells browsers
    /// from API clients, by the second newer releases do.
    pub fn visitor(self, headers: &HeaderMap) -> Self {
        let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let accept: Vec<_> = headers.get_all(ACCEPT).iter().map(text).collect();
        Self {
            accept: (!accept.is_empty()).then(|| accept.join(", ")),
            user_agent: headers.get(USER_AGENT).map(text),
            ..self
        }
    }

    /// The visitor's `Accept`: a browser's lists `text/html`. `application/json` unless set.
    pub fn accept(self, accept: impl Into<String>) -> Self {
        Self { accept: Some(accept.into()), ..self }
    }

    /// The visitor's `User-Agent`. The client's own unless set.
    pub fn user_agent(self, user_agent: impl Into<String>) -> Self {
        Self { user_agent: Some(user_agent.into()), ..self }
    }

    pub(super) fn asked_proxy(&self) -> Proxy {
        self.proxy
    }

    pub(super) fn add_to(&self, request: http::request::Builder) -> Result<http::request::Builder, ConfigurationError> {
        let forwarded = [
            ("x-forwarded-proto", "scheme", &self.proto),
            ("x-forwarded-host", "host", &self.host),
            ("x-forwarded-uri", "path", &self.uri),
        ];
        let mut request =
            request.header(ACCEPT, value("accept", self.accept.as_deref().unwrap_or("application/json"))?);
        for (name, what, text) in forwarded {
            // Without one of them, releases decide on an address that nobody asked for, or fail.
            if text.is_empty() {
                return Err(InvalidField::new(what, FieldProblem::Empty).into());
            }
            request = request.header(HeaderName::from_static(name), value(what, text)?);
        }
        match &self.user_agent {
            Some(agent) => Ok(request.header(USER_AGENT, value("user agent", agent)?)),
            None => Ok(request),
        }
    }
}

fn value(what: &'static str, text: &str) -> Result<HeaderValue, ConfigurationError> {
    HeaderValue::try_from(text).map_err(|_| ConfigurationError::Header(what))
}

impl fmt::Debug for ForwardedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.uri.split(['?', '#']).next().unwrap_or_default();
        f.debug_struct("ForwardedRequest")
            .field("proxy", &self.proxy)
            .field("address", &format_args!("{}://{}{path}", self.proto, self.host))
            .field("accept", &self.accept)
            .field("user_agent", &self.user_agent)
            .finish()
    }
}
