//! Request bodies, within bounds.

use crate::Limits;
use axum::body::{Body, HttpBody as _};
use bytes::{Bytes, BytesMut};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use serde_json::Value;

/// Why a body could not be had. Each API answers these in its own form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BodyFault {
    /// It is larger than [`Limits::body_size`], or says that it will be.
    TooLarge,
    /// It took longer than [`Limits::body_time`].
    TooSlow,
    /// It broke off, or its chunks are malformed.
    Broken,
}

/// Reads a whole body.
pub(crate) async fn read(body: Body, limits: &Limits) -> Result<Bytes, BodyFault> {
    // A length that is stated and too large is refused before any of it is read.
    if body.size_hint().lower() > limits.body_size as u64 {
        return Err(BodyFault::TooLarge);
    }
    let whole = copied(Limited::new(body, limits.body_size));
    match tokio::time::timeout(limits.body_time, whole).await {
        Ok(Ok(body)) => Ok(body),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(BodyFault::TooLarge),
        Ok(Err(_)) => Err(BodyFault::Broken),
        Err(_) => Err(BodyFault::TooSlow),
    }
}

/// A body in one piece of its own. What comes a byte at a time would otherwise hold a whole buffer of its connection for each.
async fn copied(mut body: Limited<Body>) -> Result<Bytes, axum::BoxError> {
    let mut whole = BytesMut::new();
    while let Some(frame) = body.frame().await {
        if let Ok(data) = frame?.into_data() {
            whole.extend_from_slice(&data);
        }
    }
    Ok(whole.freeze())
}

/// The JSON that a body is, if it is any. A byte order mark before it is ignored, as RFC 8259 §8.1 permits.
pub(crate) fn json(body: &[u8]) -> Option<Value> {
    serde_json::from_slice(body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::stream;

    #[tokio::test]
    async fn a_body_that_comes_in_pieces_holds_none_of_their_buffers_while_it_is_read() {
        let buffer = Bytes::from(vec![b'x'; 64 * 1024]);
        let (of_pieces, pieces) = (buffer.clone(), 0..5_usize);
        drop(buffer);
        let pieces = stream::iter(pieces.map(move |piece| {
            assert!(of_pieces.is_unique(), "the pieces before piece {piece} are held still");
            Ok::<_, std::io::Error>(of_pieces.slice(piece..=piece))
        }));
        let body = read(Body::from_stream(pieces), &Limits::default()).await;
        assert_eq!(body, Ok(Bytes::from_static(b"xxxxx")));
    }
}
