//! Operations without a socket.
//!
//! An [`Endpoint`] is one operation of an API as a value: it makes the request and reads the response, and leaves to
//! others how the bytes travel. `probity`'s own clients are one way; another HTTP stack, a recording or a test is as
//! good:
//!
//! ```
//! use probity::endpoint::Endpoint as _;
//! use probity::umami::{Token, Verify};
//!
//! let base = "https://analytics.example.com".parse()?;
//! let request = Verify.request(&base, &Token::new("the token of a login"))?;
//! assert_eq!(request.uri(), "https://analytics.example.com/api/auth/verify");
//!
//! let answer = r#"{"id": "1a457e1a", "username": "umami", "role": "admin", "isAdmin": true}"#;
//! let user = Verify.read(&http::Response::new(answer.into()))?;
//! assert_eq!(user.username, "umami");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use bytes::Bytes;
use serde::de::DeserializeOwned;

use crate::error::{Rejection, Undecodable};
use crate::{BaseUrl, ConfigurationError, Error, Refusal};

/// One operation of an API.
pub trait Endpoint: Send + Sync {
    /// What a call must carry to be let in; `()` where that is nothing.
    type Credential: Send + Sync;
    /// What a successful call gives.
    type Output: Send;
    /// How the API says no.
    type Refusal: Refusal;
    /// The API and the operation, as in `umami.login`: it is in spans and errors.
    const NAME: &'static str;

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
