//! One call, from its options to its answer.

use std::pin::Pin;

use http::HeaderMap;
use tracing::Instrument as _;
use tracing::field::Empty;

use super::Client;
use crate::Error;
use crate::endpoint::Endpoint;

/// A call that is made when it is awaited; until then its options can be set. Nothing is repeated and no redirect is
/// followed. All of [`ErrorKind`](crate::ErrorKind) can come of it.
#[derive(Debug)]
#[must_use = "a call does nothing until it is awaited"]
pub struct Call<'a, E: Endpoint> {
    pub(super) client: &'a Client,
    pub(super) credential: E::Credential,
    pub(crate) endpoint: E,
}

impl<'a, E: Endpoint + 'a> IntoFuture for Call<'a, E> {
    type Output = Result<E::Output, Error<E::Refusal>>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send + 'a>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { self.send().await })
    }
}

impl<E: Endpoint> Call<'_, E> {
    pub(crate) async fn send(&self) -> Result<E::Output, Error<E::Refusal>> {
        self.send_and_see(|_| ()).await
    }

    /// The same. `see` is shown the headers of the answer, whatever it says.
    pub(crate) async fn send_and_see(
        &self,
        see: impl FnOnce(&HeaderMap) + Send,
    ) -> Result<E::Output, Error<E::Refusal>> {
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
            self.endpoint.read(&response)
        };
        let answer = answer.instrument(span).await;
        answer.map_err(|error| {
            let secrets = self.endpoint.secrets(&self.credential);
            error.concealing(&secrets).during(format!("{} ({method} {url})", E::NAME))
        })
    }
}
