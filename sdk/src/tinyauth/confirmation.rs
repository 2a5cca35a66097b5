//! What every answer has: `{"status": 200, "message": "OK"}`.

use bytes::Bytes;
use serde::{Deserialize, Deserializer, de};

use super::Error;
use super::refusal::Refusal;
use crate::endpoint::{Endpoint, read_json};

/// An answer that says that it was done. A 200 alone does not: what lies outside `/api` is a page, whatever its path.
#[derive(Deserialize)]
struct Confirmation {
    #[serde(rename = "status", deserialize_with = "of_success")]
    _status: u16,
    #[serde(rename = "message")]
    _message: String,
}

/// Reads an answer that says that it was done, and no more.
pub(super) fn confirmed<E: Endpoint<Refusal = Refusal>>(response: &http::Response<Bytes>) -> Result<(), Error> {
    read_json::<E, Confirmation>(response).map(drop)
}

fn of_success<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u16, D::Error> {
    let status = u16::deserialize(deserializer)?;
    if (200..300).contains(&status) { Ok(status) } else { Err(de::Error::custom("expected a status of 2xx")) }
}
