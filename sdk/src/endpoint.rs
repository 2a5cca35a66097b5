//! Operations without a socket.
//!
//! An [`Endpoint`] is one operation of an API as a value: it makes the request and reads the response, and leaves to
//! others how the bytes travel. `probity`'s own clients are one way; another HTTP stack, a recording or a test is as
//! good:
//!
//! ```
//! use bytes::Bytes;
//! use probity::endpoint::{Endpoint, read_json};
//! use probity::{BaseUrl, ConfigurationError, Error, Refusal};
//!
//! /// `GET /api/version`, of an API that never says why it refuses.
//! struct Version;
//!
//! #[derive(Debug, thiserror::Error)]
//! #[error("refused")]
//! struct Refused;
//!
//! impl Refusal for Refused {
//!     fn read(_: &http::Response<Bytes>) -> Option<Self> {
//!         None
//!     }
//!
//!     fn conceal(&mut self, _: &str) {}
//! }
//!
//! impl Endpoint for Version {
//!     type Credential = ();
//!     type Output = String;
//!     type Refusal = Refused;
//!     const NAME: &'static str = "example.version";
//!
//!     fn request(&self, base: &BaseUrl, (): &()) -> Result<http::Request<Bytes>, ConfigurationError> {
//!         Ok(http::Request::get(base.join(["api", "version"])?.as_str()).body(Bytes::new())?)
//!     }
//!
//!     fn secrets<'a>(&'a self, (): &()) -> Vec<&'a str> {
//!         Vec::new()
//!     }
//!
//!     fn read(&self, response: &http::Response<Bytes>) -> Result<String, Error<Refused>> {
//!         read_json::<Self, _>(response)
//!     }
//! }
//!
//! let request = Version.request(&"https://example.com/prefix".parse()?, &())?;
//! assert_eq!(request.uri(), "https://example.com/prefix/api/version");
//! assert_eq!(Version.read(&http::Response::new(r#""1.2""#.into()))?, "1.2");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::fmt;

use bytes::Bytes;
#[cfg(any(feature = "tinyauth", feature = "umami", feature = "uptinio"))]
use http::HeaderValue;
use serde::de::DeserializeOwned;
use url::Url;

use crate::error::{Rejection, Undecodable, address};
use crate::{BaseUrl, ConfigurationError, Error, Refusal};

/// One operation of an API.
pub trait Endpoint: Send + Sync {
    /// What a call must carry to be let in; `()` where that is nothing.
    type Credential: Send + Sync;
    /// What a successful call gives.
    type Output: Send;
    /// How the API says no.
    type Refusal: Refusal;
    /// The API and the operation, as in `example.login`: it is in spans and errors.
    const NAME: &'static str;

    /// Whether making the call twice does what making it once does, so that a client may make it again when it does not know
    /// whether the server has acted on it.
    const IDEMPOTENT: bool = false;

    /// The request, complete but for `Host`, and for `User-Agent` where it does not matter.
    ///
    /// # Errors
    /// When an argument cannot be put into an HTTP request, such as a token with a line end in it.
    fn request(
        &self,
        base: &BaseUrl,
        credential: &Self::Credential,
    ) -> Result<http::Request<Bytes>, ConfigurationError>;

    /// The secrets that the request carries. A client blanks them out of its errors, should the server repeat them.
    fn secrets<'a>(&'a self, credential: &'a Self::Credential) -> Vec<&'a str>;

    /// What the response says.
    ///
    /// # Errors
    /// [`Rejected`](crate::ErrorKind::Rejected) when the server did not do it: as a rule when the status is not 2xx.
    /// [`Undecodable`](crate::ErrorKind::Undecodable) when it says that it did, and the answer is not the operation's.
    fn read(&self, response: &http::Response<Bytes>) -> Result<Self::Output, Error<Self::Refusal>>;
}

/// The URL that a request went to: clients leave it with a response that has a `Location`, among its
/// [extensions](http::Response::extensions), since that address may be relative to it (RFC 9110, 10.2.2). Where it is
/// missing, such an address cannot be read. `Debug` does not show the query.
#[derive(Clone)]
pub struct Target(pub Url);

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Target({})", address(self.0.as_str()))
    }
}

#[cfg(feature = "tinyauth")]
impl Target {
    /// The address that stands in this response.
    pub(crate) fn resolve(response: &http::Response<Bytes>, address: &str) -> Result<Url, url::ParseError> {
        match response.extensions().get() {
            Some(Target(asked)) => asked.join(address),
            None => Url::parse(address),
        }
    }
}

/// `Accept`, and `Content-Type` of what is sent, of most operations.
#[cfg(any(feature = "tinyauth", feature = "umami", feature = "uptinio"))]
pub(crate) const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// Reads a response as most operations do: JSON under 2xx, a refusal under all else.
///
/// # Errors
/// Those of [`Endpoint::read`].
pub fn read_json<E, T>(response: &http::Response<Bytes>) -> Result<T, Error<E::Refusal>>
where
    E: Endpoint,
    T: DeserializeOwned,
{
    if !response.status().is_success() {
        return Err(Error::of(E::NAME, Rejection::new(response)));
    }
    serde_json::from_slice(response.body()).map_err(|error| Error::of(E::NAME, Undecodable::new::<T>(response, &error)))
}
