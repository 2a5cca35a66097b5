//! What Tinyauth decides on a request.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;
use http::header::{HeaderValue, SET_COOKIE};
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
        /// How long to wait before the next try, where too many of this user have failed; a day at most. Not in the
        /// document; releases from 5 on tell it to who comes by Basic.
        wait: Option<Duration>,
    },
    /// Nobody is logged in: the browser is to be sent there.
    LoginAt(Url),
}

/// What Tinyauth decides, and what the visitor's browser is to know of it. `Debug` does not show cookies.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Ruling {
    /// What is to become of the request.
    pub decision: Decision,
    /// The `Set-Cookie` headers of the answer, as they came. They are to go along with whatever the visitor is answered,
    /// or their session ends though they use it: releases from 5 on set it anew before it does, and have one forgotten that
    /// they cannot read.
    pub set_cookie: Vec<HeaderValue>,
}

impl Ruling {
    pub(super) fn of(decision: Decision, response: &http::Response<Bytes>) -> Self {
        let as_secret = |line: &HeaderValue| {
            let mut line = line.clone();
            line.set_sensitive(true);
            line
        };
        Self { decision, set_cookie: response.headers().get_all(SET_COOKIE).iter().map(as_secret).collect() }
    }
}

impl fmt::Debug for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Decision::Allowed(identity) => f.debug_tuple("Allowed").field(identity).finish(),
            Decision::Denied { status, location, wait } => {
                let location = location.as_ref().map(|url| address(url.as_str()));
                f.debug_struct("Denied")
                    .field("status", status)
                    .field("location", &location)
                    .field("wait", wait)
                    .finish()
            }
            Decision::LoginAt(url) => f.debug_tuple("LoginAt").field(&address(url.as_str())).finish(),
        }
    }
}
