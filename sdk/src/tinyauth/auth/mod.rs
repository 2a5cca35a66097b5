//! `GET /api/auth/:proxy`: whether a request may pass, as proxies ask.

mod decision;
mod identity;
mod request;

use bytes::Bytes;
use http::StatusCode;
use http::header::LOCATION;
use url::Url;

use super::confirmation::confirmed;
use super::releases::{refusal_of_page, see_also, wait_of_lock};
use super::{Access, Error, Refusal};
use crate::endpoint::{Endpoint, Target};
use crate::{BaseUrl, ConfigurationError, ErrorKind, Rejection, Undecodable};

pub use decision::{Decision, Ruling};
pub use identity::Identity;
pub use request::{ForwardedRequest, Proxy};

/// Asking whether a request may pass.
#[derive(Debug)]
pub struct Authorize<'a> {
    request: &'a ForwardedRequest,
}

impl<'a> Authorize<'a> {
    /// This one.
    pub fn new(request: &'a ForwardedRequest) -> Self {
        Self { request }
    }

    /// Where the browser is sent. That is where to log in, unless the page says otherwise.
    fn redirected(&self, response: &http::Response<Bytes>) -> Result<Decision, Error> {
        let location = response.headers().get(LOCATION).and_then(|location| location.to_str().ok());
        // As with Traefik, an address without a host is one of the server that was asked.
        let url = location.and_then(|location| Target::resolve(response, location).ok());
        let url = url.filter(|url| matches!(url.scheme(), "https" | "http"));
        let path = url.as_ref().map(Url::path).or(location).unwrap_or_default();
        let error: ErrorKind<Refusal> = match refusal_of_page(path) {
            Some(Refusal::Forbidden) => {
                return Ok(Decision::Denied { status: StatusCode::FORBIDDEN, location: url, wait: None });
            }
            Some(refusal) => Rejection::with(Some(refusal), response).into(),
            // The API itself, elsewhere: by https, or under another host. A browser has no business there.
            None if self.is_own(path) => Rejection::new(response).into(),
            None => match url {
                Some(url) => return Ok(Decision::LoginAt(url)),
                None => {
                    let found = if location.is_some() { "another text" } else { "none" };
                    let problem = "expected the URL of the page to log in at";
                    Undecodable::in_header(response, "location", problem, found).into()
                }
            },
        };
        Err(Error::of(Self::NAME, error))
    }

    /// Whether it is the path of what was asked itself.
    fn is_own(&self, path: &str) -> bool {
        let path = path.split(['?', '#']).next().unwrap_or_default();
        path.trim_end_matches('/').ends_with(&format!("/api/auth/{}", self.request.asked_proxy()))
    }
}

impl Endpoint for Authorize<'_> {
    type Credential = Access;
    type Output = Ruling;
    type Refusal = Refusal;
    const NAME: &'static str = "tinyauth.auth";
    const IDEMPOTENT: bool = true;

    fn request(&self, base: &BaseUrl, access: &Access) -> Result<http::Request<Bytes>, ConfigurationError> {
        let url = base.join(["api", "auth", self.request.asked_proxy().as_str()])?;
        let request = self.request.add_to(http::Request::get(url.as_str()))?;
        Ok(access.add_to(request)?.body(Bytes::new())?)
    }

    fn secrets<'a>(&'a self, access: &'a Access) -> Vec<&'a str> {
        access.secrets()
    }

    /// A redirect, 401 and 403 are decisions; other statuses than these and 2xx are not.
    fn read(&self, response: &http::Response<Bytes>) -> Result<Ruling, Error> {
        let decision = match response.status() {
            status @ (StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) => {
                let headers = response.headers();
                Decision::Denied { status, location: see_also(headers), wait: wait_of_lock(headers, "") }
            }
            status if status.is_redirection() => self.redirected(response)?,
            _ => {
                // A page that any path is answered with lets nobody in.
                confirmed::<Self>(response)?;
                let identity = Identity::told_by(response);
                Decision::Allowed(identity.map_err(|error| Error::of(Self::NAME, error))?)
            }
        };
        Ok(Ruling::of(decision, response))
    }
}
