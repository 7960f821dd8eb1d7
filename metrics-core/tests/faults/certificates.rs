//! Authority: an issuer of a test's own, and the certificates that it gives.

use std::sync::Arc;

use rcgen::{
    BasicConstraints, Certificate, CertificateParams, DnType, IsCa, KeyPair, KeyUsagePurpose,
};
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use rustls::{ClientConfig, ConfigBuilder, RootCertStore, ServerConfig, WantsVerifier};

/// An issuer of a test's own.
pub(crate) struct Authority {
    certificate: Certificate,
    key: KeyPair,
}

/// Two providers are compiled in, so each is named.
pub(crate) fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

pub(crate) fn client() -> ConfigBuilder<ClientConfig, WantsVerifier> {
    let builder = ClientConfig::builder_with_provider(provider());
    builder.with_safe_default_protocol_versions().unwrap()
}

/// A client for those who have no use for TLS.
pub(crate) fn trusting_nobody() -> ClientConfig {
    let roots = RootCertStore::empty();
    client().with_root_certificates(roots).with_no_client_auth()
}

pub(crate) fn server() -> ConfigBuilder<ServerConfig, WantsVerifier> {
    let builder = ServerConfig::builder_with_provider(provider());
    builder.with_safe_default_protocol_versions().unwrap()
}

/// A certificate and its key, as rustls takes them.
pub(crate) type Pair = (Vec<CertificateDer<'static>>, PrivatePkcs8KeyDer<'static>);

/// What a good certificate for the peer says.
pub(crate) fn good() -> CertificateParams {
    CertificateParams::new(["127.0.0.1".to_owned()]).unwrap()
}

impl Authority {
    /// All of them have the same name: only the key tells one from another.
    pub(crate) fn new() -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        params
            .distinguished_name
            .push(DnType::CommonName, "loopback");
        let certificate = params.self_signed(&key).unwrap();
        Self { certificate, key }
    }

    /// One with a name of its own.
    pub(crate) fn stranger() -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params
            .distinguished_name
            .push(DnType::CommonName, "stranger");
        let certificate = params.self_signed(&key).unwrap();
        Self { certificate, key }
    }

    /// Signs a certificate.
    pub(crate) fn gives(&self, params: CertificateParams) -> Pair {
        let key = KeyPair::generate().unwrap();
        let signed = params
            .signed_by(&key, &self.certificate, &self.key)
            .unwrap();
        (vec![signed.der().clone()], key.serialize_der().into())
    }

    /// Its own certificate, used by a server.
    pub(crate) fn itself(&self) -> Pair {
        let key = self.key.serialize_der().into();
        (vec![self.certificate.der().clone()], key)
    }

    pub(crate) fn roots(&self) -> RootCertStore {
        let mut roots = RootCertStore::empty();
        roots.add(self.certificate.der().clone()).unwrap();
        roots
    }

    /// A client that trusts it and nobody else.
    pub(crate) fn trusted(&self) -> ClientConfig {
        client()
            .with_root_certificates(self.roots())
            .with_no_client_auth()
    }
}
