//! Bodies kept for diagnosis.

use std::fmt;

/// The beginning of a body as it came: at most 16 KiB. `Debug` tells its size only, since its text may hold a secret.
#[derive(Clone)]
pub struct RawBody {
    beginning: Box<[u8]>,
    length: usize,
}

impl RawBody {
    pub(super) const LIMIT: usize = 16 * 1024;

    pub(super) fn new(body: &[u8]) -> Self {
        // Copied, so that what is kept does not keep the whole body in memory.
        let beginning = body[..body.len().min(Self::LIMIT)].into();
        Self { beginning, length: body.len() }
    }

    /// The bytes that were kept.
    pub fn as_bytes(&self) -> &[u8] {
        &self.beginning
    }

    /// How long the whole body was, in bytes.
    pub fn full_length(&self) -> usize {
        self.length
    }
}

impl fmt::Debug for RawBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RawBody({} bytes)", self.length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_body_is_cut_and_its_length_told() {
        let body = RawBody::new(&[b'x'; 20_000]);
        assert_eq!((body.as_bytes().len(), body.full_length()), (16 * 1024, 20_000));
        assert_eq!(format!("{body:?}"), "RawBody(20000 bytes)");
    }
}
