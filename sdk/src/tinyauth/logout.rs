//! `POST /api/logout`: to forget a session.

use bytes::Bytes;
use http::header::{ACCEPT, COOKIE};

use super::confirmation::confirmed;
use super::{Error, Refusal, SessionCookie};
use crate::endpoint::{Endpoint, JSON};
use crate::{BaseUrl, ConfigurationError};

/// Having a session forgotten. The document warns that this does not end it: whoever has a copy of the cookie is let in
/// until it expires.
#[derive(Debug)]
pub struct Logout;

impl Endpoint for Logout {
    type Credential = SessionCookie;
    type Output = ();
    type Refusal = Refusal;
    const NAME: &'static str = "tinyauth.logout";
    const IDEMPOTENT: bool = true;

    fn request(&self, base: &BaseUrl, session: &SessionCookie) -> Result<http::Request<Bytes>, ConfigurationError> {
        let request = http::Request::post(String::from(base.join(["api", "logout"])?))
            .header(ACCEPT, JSON)
            .header(COOKIE, session.0.header()?)
            .body(Bytes::new())?;
        Ok(request)
    }

    fn secrets<'a>(&'a self, session: &'a SessionCookie) -> Vec<&'a str> {
        vec![session.0.expose_value()]
    }

    fn read(&self, response: &http::Response<Bytes>) -> Result<(), Error> {
        confirmed::<Self>(response)
    }
}
