//! One call, from its options to its answer.

use std::fmt;
use std::pin::Pin;

use http::HeaderMap;
use tracing::Instrument as _;
use tracing::field::Empty;

use super::Client;
use crate::endpoint::Endpoint;
use crate::{Error, Response};

/// A call that is made when it is awaited; until then its options can be set. Nothing is repeated and no redirect is
/// followed. All of [`ErrorKind`](crate::ErrorKind) can come of it.
///
/// `T` is what it gives: the operation's own output, or what a client makes of it, such as a session.
#[must_use = "a call does nothing until it is awaited"]
pub struct Call<'a, E: Endpoint, T = <E as Endpoint>::Output> {
    client: &'a Client,
    credential: E::Credential,
    pub(crate) endpoint: E,
    finish: Box<dyn FnOnce(E::Output) -> T + Send + Sync + 'a>,
}

impl<'a, E: Endpoint + 'a> Call<'a, E> {
    pub(super) fn new(client: &'a Client, endpoint: E, credential: E::Credential) -> Self {
        Self { client, credential, endpoint, finish: Box::new(|output| output) }
    }

    /// The same, of which a client makes something.
    #[cfg(any(feature = "umami", feature = "uptinio"))]
    pub(crate) fn map<T>(self, finish: impl FnOnce(E::Output) -> T + Send + Sync + 'a) -> Call<'a, E, T> {
        let Self { client, credential, endpoint, .. } = self;
        Call { client, credential, endpoint, finish: Box::new(finish) }
    }
}

impl<'a, E: Endpoint + 'a, T: 'a> IntoFuture for Call<'a, E, T> {
    type Output = Result<T, Error<E::Refusal>>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send + 'a>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { Ok(self.with_response().await?.value) })
    }
}

impl<E: Endpoint, T> Call<'_, E, T> {
    /// Makes the call, and gives besides its value what the answer tells: its status, its headers and the
    /// [rate limit](crate::RateLimit). An [`Error`] tells them too.
    ///
    /// # Errors
    /// Those of the call.
    pub async fn with_response(self) -> Result<Response<T>, Error<E::Refusal>> {
        Ok(self.send().await?.map(self.finish))
    }

    pub(crate) async fn send(&self) -> Result<Response<E::Output>, Error<E::Refusal>> {
        self.send_and_see(|_| ()).await
    }

    /// The same. `see` is shown the headers of the answer, whatever it says.
    pub(crate) async fn send_and_see(
        &self,
        see: impl FnOnce(&HeaderMap) + Send,
    ) -> Result<Response<E::Output>, Error<E::Refusal>> {
        let request = self.endpoint.request(&self.client.base, &self.credential);
        let request = request.map_err(|error| Error::of(E::NAME, error))?;
        let method = request.method().clone();
        let url = request.uri().to_string();
        let url = url.split('?').next().unwrap_or_default();

        let span = tracing::info_span!("call", operation = E::NAME, %method, url, status = Empty);
        let answer = async {
            let response = self.client.exchange(request).await.map_err(|kind| Error::of(E::NAME, kind))?;
            tracing::Span::current().record("status", response.status().as_u16());
            see(response.headers());
            Ok(Response::of(self.endpoint.read(&response)?, response))
        };
        let answer = answer.instrument(span).await;
        answer.map_err(|error: Error<E::Refusal>| {
            let secrets = self.endpoint.secrets(&self.credential);
            error.concealing(&secrets).during(format!("{} ({method} {url})", E::NAME))
        })
    }
}

impl<E: Endpoint + fmt::Debug, T> fmt::Debug for Call<'_, E, T>
where
    E::Credential: fmt::Debug,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("client", &self.client)
            .field("credential", &self.credential)
            .field("endpoint", &self.endpoint)
            .finish_non_exhaustive()
    }
}
