//! `GET /api/auth/:proxy`: whether a request may pass, as proxies ask.

mod decision;
mod identity;
mod request;

use bytes::Bytes;
use http::StatusCode;
use http::header::LOCATION;
use url::Url;

use super::confirmation::confirmed;
use super::releases::{refusal_of_page, see_also};
use super::{Access, Error, Refusal, WithSession};
use crate::endpoint::{Endpoint, Target};
use crate::{BaseUrl, ConfigurationError, ErrorKind, Rejection, Undecodable};

pub use decision::Decision;
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
        let page = url.as_ref().map(Url::as_str).or(location).unwrap_or_default();
        let error: ErrorKind<Refusal> = match refusal_of_page(page) {
            Some(Refusal::Forbidden) => {
                return Ok(Decision::Denied { status: StatusCode::FORBIDDEN, location: url });
            }
            Some(refusal) => Rejection::with(Some(refusal), response).into(),
            // The API itself, elsewhere: by https, or under another host. A browser has no business there.
            None if self.leads_here(page) => Rejection::new(response).into(),
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

    fn leads_here(&self, location: &str) -> bool {
        let path = location.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
        path.ends_with(&format!("/api/auth/{}", self.request.asked_proxy()))
    }
}

impl Endpoint for Authorize<'_> {
    type Credential = Access;
    type Output = WithSession<Decision>;
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
    fn read(&self, response: &http::Response<Bytes>) -> Result<WithSession<Decision>, Error> {
        let decision = match response.status() {
            status @ (StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) => {
                Decision::Denied { status, location: see_also(response.headers()) }
            }
            status if status.is_redirection() => self.redirected(response)?,
            _ => {
                // A page that any path is answered with lets nobody in.
                confirmed::<Self>(response)?;
                let identity = Identity::told_by(response);
                Decision::Allowed(identity.map_err(|error| Error::of(Self::NAME, error))?)
            }
        };
        Ok(WithSession::of(decision, response))
    }
}
