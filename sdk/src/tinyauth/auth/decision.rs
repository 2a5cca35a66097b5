//! What Tinyauth decides on a request.

use std::fmt;

use http::StatusCode;
use url::Url;

use super::Identity;
use crate::error::address;

/// What is to become of a request. `Debug` does not show the queries of URLs, which hold the address that was asked for.
#[derive(Clone, PartialEq, Eq)]
pub enum Decision {
    /// It may pass, and is this user's.
    Allowed(Identity),
    /// It may not pass. That is also what an API client gets that is not logged in.
    #[non_exhaustive]
    Denied {
        /// The status to refuse it with: 401 as a rule where nobody is logged in, 403 where the user may not.
        status: StatusCode,
        /// The page that a browser can be sent to all the same: to log in, or to be told why. Not in the document; releases
        /// from 5.0.7 on tell it to API clients, and all tell it to browsers.
        location: Option<Url>,
    },
    /// Nobody is logged in: the browser is to be sent there.
    LoginAt(Url),
}

impl fmt::Debug for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Decision::Allowed(identity) => f.debug_tuple("Allowed").field(identity).finish(),
            Decision::Denied { status, location } => {
                let location = location.as_ref().map(|url| address(url.as_str()));
                f.debug_struct("Denied").field("status", status).field("location", &location).finish()
            }
            Decision::LoginAt(url) => f.debug_tuple("LoginAt").field(&address(url.as_str())).finish(),
        }
    }
}
