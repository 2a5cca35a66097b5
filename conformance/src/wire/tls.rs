//! TLS for targets whose URL says https: the platform's roots, and a private CA where the configuration names one.

use super::NoResponse;
use rustls::ClientConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls_platform_verifier::Verifier;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};
use thiserror::Error;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// Whom a certificate may come from. The platform's roots are read when the first https connection is made.
#[derive(Clone)]
pub struct Roots(Arc<LazyLock<Result<TlsConnector, String>, Load>>);

type Load = Box<dyn FnOnce() -> Result<TlsConnector, String> + Send>;

/// Why a private CA cannot be used.
#[derive(Debug, Error)]
#[error("{} holds no certificate in PEM form: {reason}", .file.display())]
pub struct TlsError {
    file: PathBuf,
    reason: String,
}

impl Roots {
    /// The platform's roots alone.
    pub fn platform() -> Self {
        Self::with(Vec::new())
    }

    /// The platform's roots, and the certificates of a PEM file.
    ///
    /// # Errors
    /// [`TlsError`] when the file cannot be read or holds no certificate.
    pub fn and_file(file: &Path) -> Result<Self, TlsError> {
        let unusable = |reason: String| TlsError { file: file.to_owned(), reason };
        let certificates = CertificateDer::pem_file_iter(file).map_err(|error| unusable(error.to_string()))?;
        let certificates: Result<Vec<_>, _> = certificates.collect();
        let certificates = certificates.map_err(|error| unusable(error.to_string()))?;
        if certificates.is_empty() {
            return Err(unusable("there is none in it".to_owned()));
        }
        Ok(Self::with(certificates))
    }

    fn with(extra: Vec<CertificateDer<'static>>) -> Self {
        let load: Load = Box::new(move || connector(extra).map_err(|error| error.to_string()));
        Self(Arc::new(LazyLock::new(load)))
    }

    pub(super) async fn handshake(&self, host: &str, stream: TcpStream) -> Result<TlsStream<TcpStream>, NoResponse> {
        let failed = |reason: String| NoResponse::Tls { host: host.to_owned(), reason };
        let connector = (**self.0).as_ref().map_err(|reason| failed(reason.clone()))?;
        let name = ServerName::try_from(host.to_owned()).map_err(|error| failed(error.to_string()))?;
        connector.connect(name, stream).await.map_err(|error| failed(reason(&error)))
    }
}

/// Why a handshake failed, and what helps.
fn reason(error: &std::io::Error) -> String {
    use rustls::CertificateError::{
        ApplicationVerificationFailure, Expired, ExpiredContext, NotValidForName, NotValidForNameContext, UnknownIssuer,
    };
    let tls = error.get_ref().and_then(|source| source.downcast_ref::<rustls::Error>());
    let hint = match tls {
        Some(rustls::Error::InvalidCertificate(trouble)) => match trouble {
            Expired | ExpiredContext { .. } => "the certificate has expired",
            NotValidForName | NotValidForNameContext { .. } => "the certificate is another host's",
            UnknownIssuer | ApplicationVerificationFailure => {
                "nobody who is trusted here has signed the certificate; `ca` names a file with whom to trust besides"
            }
            _ => "the certificate is not accepted",
        },
        Some(rustls::Error::InvalidMessage(_)) => "what answers is no TLS; is the address one with http://?",
        Some(_) => "TLS was not agreed upon",
        None => "the connection was closed in the middle of it",
    };
    format!("{hint} ({error})")
}

impl std::fmt::Debug for Roots {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Roots")
    }
}

fn connector(extra: Vec<CertificateDer<'static>>) -> Result<TlsConnector, rustls::Error> {
    let provider = Arc::new(ring::default_provider());
    let verifier = Verifier::new_with_extra_roots(extra, provider.clone())?;
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}
