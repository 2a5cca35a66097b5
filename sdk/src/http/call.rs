//! One call, from its options to its answer.

use std::fmt;
use std::pin::Pin;
use std::time::{Duration, Instant};

use tracing::Instrument as _;
use tracing::field::Empty;

use super::{Client, Credential};
use crate::endpoint::Endpoint;
use crate::retry::{Retry, Tries, Trouble};
use crate::{Error, Response};

/// What was asked, without the query, which may hold what people searched for.
struct Asked(http::Uri);

impl fmt::Display for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let url = self.0.to_string();
        f.write_str(url.split('?').next().unwrap_or_default())
    }
}

/// A call that is made when it is awaited; until then its options can be set. It is made again where [`Retry`] says so,
/// and no redirect is followed. All of [`ErrorKind`](crate::ErrorKind) can come of it.
///
/// `T` is what it gives: the operation's own output, or what a client makes of it, such as a session.
#[must_use = "a call does nothing until it is awaited"]
pub struct Call<'a, E: Endpoint, T = <E as Endpoint>::Output> {
    client: &'a Client,
    credential: Credential<E::Credential, E::Refusal>,
    retry: Retry,
    timeout: Duration,
    pub(crate) endpoint: E,
    finish: Box<dyn FnOnce(E::Output) -> T + Send + Sync + 'a>,
}

impl<'a, E: Endpoint + 'a> Call<'a, E> {
    pub(super) fn new(client: &'a Client, endpoint: E, credential: Credential<E::Credential, E::Refusal>) -> Self {
        let (retry, timeout) = (client.retry, client.timeout);
        Self { client, credential, retry, timeout, endpoint, finish: Box::new(|output| output) }
    }

    /// The same, of which a client makes something.
    #[cfg(any(feature = "tinyauth", feature = "umami", feature = "uptinio"))]
    pub(crate) fn map<T>(self, finish: impl FnOnce(E::Output) -> T + Send + Sync + 'a) -> Call<'a, E, T> {
        let Self { client, credential, retry, timeout, endpoint, .. } = self;
        Call { client, credential, retry, timeout, endpoint, finish: Box::new(finish) }
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
    /// When this call is made again, in place of what its [client](crate::Builder::retry) does.
    pub fn retry(self, retry: Retry) -> Self {
        Self { retry, ..self }
    }

    /// The time for each try of this call, in place of what its [client](crate::Builder::timeout) gives.
    pub fn timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    /// Makes the call, and gives besides its value what the answer tells: its status, its headers and the
    /// [rate limit](crate::RateLimit). An [`Error`] tells them too.
    ///
    /// # Errors
    /// Those of the call.
    pub async fn with_response(self) -> Result<Response<T>, Error<E::Refusal>> {
        Ok(self.send().await?.map(self.finish))
    }

    pub(crate) async fn send(&self) -> Result<Response<E::Output>, Error<E::Refusal>> {
        let renewal = match &self.credential {
            Credential::Fixed(credential) => return self.persist(credential).await,
            Credential::Renewed(renewal) => renewal,
        };
        let (number, credential) = renewal.current();
        let answer = self.persist(&credential).await;
        match &answer {
            Err(error) if error.is_unauthorized() => {}
            Err(error) if error.status().is_none() => return answer,
            _ => {
                renewal.accepted(number);
                return answer;
            }
        }
        if !renewal.renew(number).await? {
            return answer;
        }
        let (number, credential) = renewal.current();
        let answer = self.persist(&credential).await;
        if !answer.as_ref().is_err_and(|error| error.is_unauthorized() || error.status().is_none()) {
            renewal.accepted(number);
        }
        answer
    }

    /// Makes the call until it comes to something, or is not to be made again.
    async fn persist(&self, credential: &E::Credential) -> Result<Response<E::Output>, Error<E::Refusal>> {
        let began = Instant::now();
        let (mut made, mut last_wait) = (0, Duration::ZERO);
        loop {
            let error = match self.try_once(credential).await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            made += 1;
            let tries = Tries { idempotent: E::IDEMPOTENT, made, elapsed: began.elapsed(), last_wait };
            let trouble = Trouble::from(error.kind());
            let Some(wait) = self.retry.wait(trouble, tries, fastrand::f64()) else {
                return Err(error.after(made, began.elapsed()));
            };
            tracing::debug!(operation = E::NAME, made, ?wait, %error, "the call is made again");
            tokio::time::sleep(wait).await;
            last_wait = wait;
        }
    }

    async fn try_once(&self, credential: &E::Credential) -> Result<Response<E::Output>, Error<E::Refusal>> {
        let request = self.endpoint.request(&self.client.base, credential);
        let request = request.map_err(|error| Error::of(E::NAME, error))?;
        let (method, asked) = (request.method().clone(), Asked(request.uri().clone()));
        let span = tracing::info_span!("call", operation = E::NAME, %method, url = asked.to_string(), status = Empty);
        let answer = async {
            let response = self.client.exchange(request, self.timeout).await;
            let response = response.map_err(|kind| Error::of(E::NAME, kind))?;
            tracing::Span::current().record("status", response.status().as_u16());
            Ok(Response::of(self.endpoint.read(&response)?, response))
        };
        let answer = answer.instrument(span).await;
        answer.map_err(|error: Error<E::Refusal>| {
            let secrets = self.endpoint.secrets(credential);
            error.concealing(&secrets).during(format!("{} ({method} {asked})", E::NAME))
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
