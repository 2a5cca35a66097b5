//! `GET /api/user`: who is logged in.

use bytes::Bytes;
use http::header::ACCEPT;
use serde::Deserialize;

use super::releases::{TotpPending, unless_locked};
use super::{Access, Error, Provider, Refusal};
use crate::endpoint::{Endpoint, JSON, read_json};
use crate::lenient::boolean_or_its_text;
use crate::{BaseUrl, ConfigurationError, Rejection};

/// Asking who is logged in.
#[derive(Debug)]
pub struct GetUser;

/// Who is logged in.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct User {
    /// The name to log in with.
    pub username: String,
    /// The name to show.
    pub name: String,
    /// The address. Releases make one up for users who have none: the name at the deployment's domain.
    pub email: String,
    /// What the user has logged in by.
    pub provider: Provider,
    /// Whether that is a provider of OAuth.
    #[serde(deserialize_with = "boolean_or_its_text")]
    pub oauth: bool,
}

#[derive(Deserialize)]
struct LoggedIn {
    #[serde(rename = "isLoggedIn", deserialize_with = "boolean_or_its_text")]
    is_logged_in: bool,
}

impl Endpoint for GetUser {
    type Credential = Access;
    type Output = User;
    type Refusal = Refusal;
    const NAME: &'static str = "tinyauth.user";
    const IDEMPOTENT: bool = true;

    fn request(&self, base: &BaseUrl, access: &Access) -> Result<http::Request<Bytes>, ConfigurationError> {
        let url = base.join(["api", "user"])?;
        let request = http::Request::get(url.as_str()).header(ACCEPT, JSON);
        Ok(access.add_to(request)?.body(Bytes::new())?)
    }

    fn secrets<'a>(&'a self, access: &'a Access) -> Vec<&'a str> {
        access.secrets()
    }

    fn read(&self, response: &http::Response<Bytes>) -> Result<User, Error> {
        let LoggedIn { is_logged_in } = read_json::<Self, _>(response)?;
        let TotpPending { is_pending } = read_json::<Self, _>(response)?;
        if !is_logged_in || is_pending {
            // Releases say so with a 200, the members of a user all empty.
            let refusal = unless_locked(response.headers(), "");
            return Err(Error::of(Self::NAME, Rejection::with(Some(refusal), response)));
        }
        read_json::<Self, _>(response)
    }
}
