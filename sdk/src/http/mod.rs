//! Moves bytes between endpoints and servers.

mod builder;
mod call;
mod credential;
mod pages;
#[cfg(any(feature = "umami", feature = "uptinio"))]
mod renewal;
#[cfg(feature = "rustls")]
mod tls;

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::header::{HeaderValue, LOCATION, USER_AGENT};
use http::uri::Authority;
use url::Url;

use crate::endpoint::{Endpoint, Target};
use crate::{BaseUrl, ErrorKind, RateLimit, Retry};

pub use builder::Builder;
pub use call::Call;
pub(crate) use credential::Credential;
pub use pages::Pages;
#[cfg(any(feature = "umami", feature = "uptinio"))]
pub(crate) use renewal::Signed;

/// The most that is read of a body, in bytes.
const BODY_LIMIT: usize = 8 * 1024 * 1024;

/// The way to one deployment of an API. It calls any [`Endpoint`], also those that an application writes for operations
/// that this crate lacks. A clone shares the connections.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base: BaseUrl,
    user_agent: HeaderValue,
    /// Of one try.
    timeout: Duration,
    retry: Retry,
    /// The address of the last call, as it was asked for and as a URL.
    last: Arc<Mutex<Option<(http::Uri, Url)>>>,
}

impl Client {
    /// Sets up the way to the deployment at this base URL.
    pub fn builder(base_url: &str) -> Builder<Self> {
        Builder::new(base_url, |client| client)
    }

    /// The `User-Agent` of calls that bring none of their own.
    #[cfg(feature = "tracker")]
    pub(crate) fn user_agent(&self) -> &str {
        self.user_agent.to_str().unwrap_or_default()
    }

    /// A call of `endpoint`, made when it is awaited.
    pub fn call<'a, E: Endpoint + 'a>(&'a self, endpoint: E, credential: E::Credential) -> Call<'a, E> {
        self.call_by(endpoint, Credential::Fixed(credential))
    }

    /// The same by what may be renewed.
    pub(crate) fn call_by<'a, E: Endpoint + 'a>(
        &'a self,
        endpoint: E,
        credential: Credential<E::Credential, E::Refusal>,
    ) -> Call<'a, E> {
        Call::new(self, endpoint, credential)
    }

    /// Sends a request; the answer comes when what this gives is awaited.
    fn exchange<R: Send>(
        &self,
        request: http::Request<Bytes>,
        timeout: Duration,
    ) -> impl Future<Output = Result<http::Response<Bytes>, ErrorKind<R>>> + Send + use<R> {
        let answer = self.for_reqwest(request).map(|mut request| {
            // Where it matters to the answer whose agent it is, the endpoint has set it.
            request.headers_mut().entry(USER_AGENT).or_insert_with(|| self.user_agent.clone());
            if timeout != self.timeout {
                *request.timeout_mut() = Some(timeout);
            }
            self.http.execute(request)
        });
        // By itself, so that the request is no part of what is moved until the answer is there.
        async { whole(answer.map_err(no_answer)?.await.map_err(no_answer)?).await }
    }

    /// A request as reqwest has it. Parsing its URL takes as long as the rest of making it, and most calls go where the last
    /// one went: so that one's is kept.
    fn for_reqwest(&self, request: http::Request<Bytes>) -> Result<reqwest::Request, reqwest::Error> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let url = match &*last {
            Some((uri, url)) if is_same(uri, request.uri()) => url.clone(),
            _ => {
                let uri = request.uri().clone();
                let request = reqwest::Request::try_from(request)?;
                *last = Some((uri, request.url().clone()));
                return Ok(request);
            }
        };
        drop(last);
        let (head, body) = request.into_parts();
        let mut request = reqwest::Request::new(head.method, url);
        (*request.version_mut(), *request.headers_mut()) = (head.version, head.headers);
        *request.body_mut() = Some(body.into());
        Ok(request)
    }
}

/// An answer with the whole of its body.
async fn whole<R>(mut received: reqwest::Response) -> Result<http::Response<Bytes>, ErrorKind<R>> {
    let mut body = Bytes::new();
    while let Some(chunk) = received.chunk().await.map_err(no_answer)? {
        if body.len() + chunk.len() > BODY_LIMIT {
            let rate_limit = RateLimit::of(received.headers());
            return Err(ErrorKind::TooLarge { status: received.status(), limit: BODY_LIMIT, rate_limit });
        }
        // Most come in one piece, which is not copied; one that is longer grows where it is.
        body = match body.is_empty() {
            true => chunk,
            false => {
                let mut longer = BytesMut::from(body);
                longer.extend_from_slice(&chunk);
                longer.freeze()
            }
        };
    }
    let mut response = http::Response::new(body);
    *response.status_mut() = received.status();
    *response.headers_mut() = std::mem::take(received.headers_mut());
    if response.headers().contains_key(LOCATION) {
        response.extensions_mut().insert(Target(received.url().clone()));
    }
    Ok(response)
}

/// Whether two addresses are the same to the letter: an [`http::Uri`] is equal to one whose host is in other case.
fn is_same(one: &http::Uri, other: &http::Uri) -> bool {
    one == other && one.authority().map(Authority::as_str) == other.authority().map(Authority::as_str)
}

fn no_answer<R>(error: reqwest::Error) -> ErrorKind<R> {
    // reqwest's text has the whole URL; the call that our error names has it without the query.
    let error = error.without_url();
    // Connecting may take too long as well, and then the server has not seen the request.
    if error.is_connect() {
        ErrorKind::Connect(Box::new(error))
    } else if error.is_timeout() {
        ErrorKind::Timeout(Box::new(error))
    } else {
        ErrorKind::BrokenOff(Box::new(error))
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The HTTP client is left out: one that was handed in may hold secrets in its default headers.
        f.debug_struct("Client").field("base", &self.base).field("timeout", &self.timeout).finish_non_exhaustive()
    }
}
