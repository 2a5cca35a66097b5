//! TLS before a server that speaks none, with certificates of the test's own.

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, date_time_ymd};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::net::SocketAddr;
use std::sync::{Arc, mpsc};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// Whom nobody trusts until they are told to.
pub(crate) struct Authority(CertifiedIssuer<'static, KeyPair>);

/// A host's certificate, and its key.
pub(crate) struct Certified {
    certificate: CertificateDer<'static>,
    key: PrivateKeyDer<'static>,
}

impl Authority {
    /// Another one with each name.
    pub(crate) fn new(name: &str) -> Self {
        let mut of_authority = CertificateParams::default();
        of_authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        of_authority.distinguished_name.push(DnType::CommonName, name);
        let key = KeyPair::generate().expect("a key");
        Self(CertifiedIssuer::self_signed(of_authority, key).expect("a certificate"))
    }

    /// The certificate that others need to trust it.
    pub(crate) fn pem(&self) -> String {
        self.0.pem()
    }

    pub(crate) fn certify(&self, host: &str) -> Certified {
        self.sign(CertificateParams::new([host.to_owned()]).expect("a host's name"))
    }

    /// For a host, and until a day that is over.
    pub(crate) fn certify_until_2020(&self, host: &str) -> Certified {
        let mut of_host = CertificateParams::new([host.to_owned()]).expect("a host's name");
        (of_host.not_before, of_host.not_after) = (date_time_ymd(2019, 1, 1), date_time_ymd(2020, 1, 1));
        self.sign(of_host)
    }

    fn sign(&self, of_host: CertificateParams) -> Certified {
        let key = KeyPair::generate().expect("a key");
        let certificate = of_host.signed_by(&key, &self.0).expect("a certificate");
        let key = PrivateKeyDer::try_from(key.serialize_der()).expect("a key");
        Certified { certificate: certificate.der().clone(), key }
    }
}

/// Takes TLS for a server at `http://…`, until the test's process ends.
pub(crate) fn in_front_of(url: &str, Certified { certificate, key }: Certified) -> SocketAddr {
    let server = url.trim_start_matches("http://").to_owned();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|config| config.with_no_client_auth().with_single_cert(vec![certificate], key))
        .expect("a certificate with its key");
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime starts");
        runtime.block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
            tell.send(listener.local_addr().expect("bound")).expect("the test waits for it");
            loop {
                let (stream, _) = listener.accept().await.expect("a connection");
                let (acceptor, server) = (acceptor.clone(), server.clone());
                tokio::spawn(async move {
                    // Whoever does not trust the certificate goes away in the middle of the handshake.
                    let Ok(mut outside) = acceptor.accept(stream).await else { return };
                    let mut inside = TcpStream::connect(server).await.expect("the server listens");
                    let _ = tokio::io::copy_bidirectional(&mut outside, &mut inside).await;
                });
            }
        });
    });
    told.recv().expect("it listens")
}
