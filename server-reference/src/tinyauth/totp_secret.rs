//! What an account and its authenticator app share.

use secrecy::{ExposeSecret, SecretString};
use std::io;
use std::str::FromStr;
use totp_rs::{Algorithm, Builder, Secret, Totp};

/// The length of a step, in seconds (RFC 6238 §4.1).
pub(super) const STEP: u64 = 30;

/// A secret of time-based one-time passwords: RFC 6238 with SHA-1, six digits, and steps of 30 seconds.
#[derive(Debug, Clone)]
pub struct TotpSecret(SecretString);

/// Why a text is no [`TotpSecret`]. It shows nothing of the text.
#[derive(Debug, thiserror::Error, Clone, PartialEq, Eq)]
#[error("a TOTP secret is written in base32 (RFC 4648), with at least 16 letters, which are 80 bits")]
pub struct TotpSecretError;

impl TotpSecret {
    /// The one that everybody knows.
    pub(super) fn sample() -> Self {
        Self("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP".into())
    }

    /// One of 160 bits that nobody can guess.
    ///
    /// # Errors
    ///
    /// The system has no randomness to give.
    pub fn random() -> io::Result<Self> {
        let mut bytes = [0; 20];
        getrandom::fill(&mut bytes)?;
        Ok(Self(Secret::from(bytes).to_base32().into()))
    }

    /// The secret in base32, as an authenticator app takes it.
    pub fn base32(&self) -> &SecretString {
        &self.0
    }

    /// What makes its codes and reads them, `skew` steps to each side.
    pub(super) fn codes(&self, skew: u16) -> Totp {
        let secret = Secret::try_from_base32(self.0.expose_secret()).unwrap_or_else(|_| Secret::new(Box::default()));
        // Secrets of under 128 bits do not comply with RFC 4226, and people have them.
        let codes = Builder::new().with_algorithm(Algorithm::SHA1).with_digits(6).with_step_duration(STEP);
        codes.with_skew(skew).with_secret(secret).build_noncompliant()
    }
}

impl FromStr for TotpSecret {
    type Err = TotpSecretError;

    fn from_str(text: &str) -> Result<Self, TotpSecretError> {
        let secret = Secret::try_from_base32(text).map_err(|_| TotpSecretError)?;
        match secret.len() >= 10 {
            true => Ok(Self(text.into())),
            false => Err(TotpSecretError),
        }
    }
}
