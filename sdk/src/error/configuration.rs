//! Mistakes that are seen before anything is sent.

use std::error::Error as StdError;
use std::io;
use std::path::PathBuf;

use super::InvalidField;
use crate::{InvalidBaseUrl, InvalidSegment};

/// What a client was given and cannot use.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigurationError {
    /// The base URL is none.
    #[error(transparent)]
    BaseUrl(#[from] InvalidBaseUrl),
    /// A text that goes into the URL, such as an id, would lead elsewhere.
    #[error(transparent)]
    Segment(#[from] InvalidSegment),
    /// A field of what is to be sent is one that servers refuse, or fail at.
    #[error(transparent)]
    Field(#[from] InvalidField),
    /// A secret that goes into a header is empty.
    #[error("the {0} is empty: is the variable set that it is read from?")]
    Empty(&'static str),
    /// A text that goes into a header has a character that no header can hold.
    #[error("the {0} has a character that an HTTP header cannot carry: was a line end read along with it?")]
    Header(&'static str),
    /// The session was ended: by signing out, or by the server.
    #[error("the session has ended: sign in again")]
    SessionEnded,
    /// What was given to go on from is not what was exported.
    #[error("what was given for a {0} is none that was exported: was it cut, or read with something else?")]
    NotExported(&'static str),
    /// What works in the background was started outside a tokio runtime.
    #[error("there is no tokio runtime here to work in: start it within one")]
    NoRuntime,
    /// A folder cannot hold what has to outlive the process.
    #[error("{} cannot be used as a spool", folder.display())]
    Spool {
        /// The folder.
        folder: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The arguments do not fit into a request, by their length for example.
    #[error("the arguments do not fit into an HTTP request")]
    Request(#[from] http::Error),
    /// The base URL wants TLS, and this build has none.
    #[error("https:// needs one of probity's features `rustls` and `native-tls`")]
    NoTls,
    /// The HTTP client cannot be set up on this machine, for want of root certificates for example.
    #[error("the HTTP client cannot be set up")]
    Client(#[source] Box<dyn StdError + Send + Sync>),
}
