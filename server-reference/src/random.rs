//! What nobody can guess.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use std::io;

/// 32 bytes.
///
/// # Errors
///
/// The system has no randomness to give.
pub(crate) fn bytes() -> io::Result<[u8; 32]> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}

/// 32 bytes as 43 characters, which stand in a URL as they are.
///
/// # Errors
///
/// The system has no randomness to give.
pub(crate) fn text() -> io::Result<String> {
    bytes().map(|bytes| BASE64_URL_SAFE_NO_PAD.encode(bytes))
}
