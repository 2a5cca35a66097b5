//! All that values and errors show.

use std::error::Error as _;
use std::fmt::{Debug, Write as _};

use bytes::Bytes;
use probity::endpoint::Endpoint;
use probity::{Error, Refusal};
use proptest::prelude::*;

/// Long enough to occur by no chance, and of what passwords, tokens and keys are made.
pub(crate) fn a_secret() -> impl Strategy<Value = String> {
    "[A-Za-z0-9+/=._-]{16,64}"
}

/// All that is shown of these values.
pub(crate) fn shown(values: &[&dyn Debug]) -> String {
    values.iter().fold(String::new(), |mut text, value| {
        let _ = write!(text, "{value:?} {value:#?} ");
        text
    })
}

/// All that an error shows, down to its last cause.
pub(crate) fn shown_by<R: Refusal>(error: &Error<R>) -> String {
    let mut text = format!("{error} {error:?} {error:#?} {:?}", error.refusal());
    let mut cause = error.source();
    while let Some(error) = cause {
        let _ = write!(text, "{error} {error:?}");
        cause = error.source();
    }
    text
}

/// All that is shown when the call of this endpoint is answered so.
pub(crate) fn told<E: Endpoint>(endpoint: &E, credential: &E::Credential, answer: &http::Response<Bytes>) -> String {
    let Err(error) = endpoint.read(answer) else { return String::new() };
    shown_by(&error.concealing(&endpoint.secrets(credential)))
}
