//! TLS by rustls.

use std::sync::Arc;

use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::BuilderVerifierExt as _;

use crate::ConfigurationError;

/// A configuration with its own cryptography, so that none has to be installed for the whole process.
pub(super) fn configuration(is_used: bool) -> Result<ClientConfig, ConfigurationError> {
    let unusable = |error| ConfigurationError::Client(Box::new(error));
    let provider = Arc::new(ring::default_provider());
    let config =
        ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().map_err(unusable)?;
    let config = if is_used {
        config.with_platform_verifier().map_err(unusable)?
    } else {
        // reqwest wants a configuration even where it is never used; a machine may then lack root certificates.
        config.with_root_certificates(RootCertStore::empty())
    };
    Ok(config.with_no_client_auth())
}
