//! What lets calls in.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use crate::Error;

/// What lets a call in: as it was given, or as it is renewed.
pub(crate) enum Credential<C, R> {
    Fixed(C),
    #[cfg_attr(
        not(any(feature = "umami", feature = "uptinio")),
        expect(dead_code, reason = "Tinyauth's sessions are not renewed")
    )]
    Renewed(Arc<dyn Renew<C, R>>),
}

impl<C: Clone, R> Clone for Credential<C, R> {
    fn clone(&self) -> Self {
        match self {
            Credential::Fixed(credential) => Credential::Fixed(credential.clone()),
            Credential::Renewed(renewal) => Credential::Renewed(renewal.clone()),
        }
    }
}

impl<C: fmt::Debug, R> fmt::Debug for Credential<C, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Credential::Fixed(credential) => credential.fmt(f),
            Credential::Renewed(_) => f.write_str("Renewed"),
        }
    }
}

/// A credential that can be had anew.
pub(crate) trait Renew<C, R>: Send + Sync {
    /// The credential of now, and its number.
    fn current(&self) -> (u64, C);

    /// A call was let in by the credential of that number.
    fn accepted(&self, number: u64);

    /// Gets another one, where that of this number was refused: says whether there is one. However many calls ask for it
    /// at a time, it is got once.
    fn renew(&self, refused: u64) -> Pin<Box<dyn Future<Output = Result<bool, Error<R>>> + Send + '_>>;
}
