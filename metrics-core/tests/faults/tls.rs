//! Each way in which TLS fails, with certificates made for it.

use std::sync::Arc;

use fedimetrics_core::Reason;
use rcgen::{ExtendedKeyUsagePurpose, KeyPair, date_time_ymd};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::WebPkiClientVerifier;
use rustls::{ClientConfig, DigitallySignedStruct, ServerConfig, SignatureScheme};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_rustls::TlsAcceptor;

use crate::certificates::{Authority, Pair, client, good, provider, server};
use crate::clients::{Given, Library};
use crate::peer::{hears, peer};

/// An HTTPS server on loopback that greets whoever gets through.
async fn greeting(config: ServerConfig) -> String {
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let address = peer(move |stream| {
        let accepting = acceptor.accept(stream);
        async move {
            let Ok(mut stream) = accepting.await else {
                return;
            };
            let mut asked = [0; 1024];
            if stream.read(&mut asked).await.is_ok_and(|read| read > 0) {
                let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi";
                let _ = stream.write_all(answer).await;
                let _ = stream.shutdown().await;
            }
        }
    })
    .await;
    format!("https://{address}/")
}

fn with((chain, key): Pair) -> ServerConfig {
    server()
        .with_no_client_auth()
        .with_single_cert(chain, key.into())
        .unwrap()
}

async fn fails(fault: &str, server: ServerConfig, tls: &ClientConfig, reason: Reason) {
    let url = greeting(server).await;
    let given = Given {
        tls: Some(tls.clone()),
        ..Given::default()
    };
    for library in Library::ALL {
        library.fails(fault, &url, &given, reason).await;
    }
}

#[tokio::test]
async fn a_good_certificate_is_no_fault() {
    let authority = Authority::new();
    let url = greeting(with(authority.gives(good()))).await;
    let given = Given {
        tls: Some(authority.trusted()),
        ..Given::default()
    };
    for library in Library::ALL {
        library.get(&url, &given).await.unwrap();
    }
}

#[tokio::test]
async fn each_bad_certificate_has_a_reason() {
    let authority = Authority::new();
    let (mut expired, mut early, mut clients) = (good(), good(), good());
    expired.not_before = date_time_ymd(2001, 1, 1);
    expired.not_after = date_time_ymd(2002, 1, 1);
    early.not_before = date_time_ymd(4001, 1, 1);
    early.not_after = date_time_ymd(4002, 1, 1);
    clients.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    let elsewhere = rcgen::CertificateParams::new(["other.example".to_owned()]).unwrap();
    let alone = {
        let key = KeyPair::generate().unwrap();
        let certificate = good().self_signed(&key).unwrap();
        (vec![certificate.der().clone()], key.serialize_der().into())
    };
    let namesake = Authority::new();
    let faults = [
        ("expired", authority.gives(expired), Reason::TlsExpired),
        ("wrong name", authority.gives(elsewhere), Reason::TlsName),
        (
            "unknown issuer",
            Authority::stranger().gives(good()),
            Reason::TlsIssuer,
        ),
        ("signed by itself", alone, Reason::TlsIssuer),
        (
            "not valid yet",
            authority.gives(early),
            Reason::TlsCertificate,
        ),
        (
            "for clients",
            authority.gives(clients),
            Reason::TlsCertificate,
        ),
        (
            "an issuer's own",
            authority.itself(),
            Reason::TlsCertificate,
        ),
        (
            "bad signature",
            namesake.gives(good()),
            Reason::TlsCertificate,
        ),
    ];
    for (fault, pair, reason) in faults {
        fails(fault, with(pair), &authority.trusted(), reason).await;
    }
}

#[tokio::test]
async fn an_alert_of_the_other_side_is_one() {
    let authority = Authority::new();
    let pair = || authority.gives(good());
    let (chain, key) = pair();
    let verifier =
        WebPkiClientVerifier::builder_with_provider(Arc::new(authority.roots()), provider());
    let asking = server()
        .with_client_cert_verifier(verifier.build().unwrap())
        .with_single_cert(chain, key.into())
        .unwrap();
    fails(
        "client certificate",
        asking,
        &authority.trusted(),
        Reason::TlsAlert,
    )
    .await;

    let (chain, key) = pair();
    let old = ServerConfig::builder_with_provider(provider())
        .with_protocol_versions(&[&rustls::version::TLS12])
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key.into())
        .unwrap();
    let new = ClientConfig::builder_with_provider(provider())
        .with_protocol_versions(&[&rustls::version::TLS13])
        .unwrap()
        .with_root_certificates(authority.roots())
        .with_no_client_auth();
    fails("no version in common", old, &new, Reason::TlsAlert).await;

    let mut choosy = with(pair());
    choosy.alpn_protocols = vec![b"smtp".to_vec()];
    let mut offering = authority.trusted();
    offering.alpn_protocols = vec![b"http/1.1".to_vec()];
    fails("no protocol in common", choosy, &offering, Reason::TlsAlert).await;
}

#[tokio::test]
async fn a_handshake_that_is_none_has_a_reason() {
    let given = Given {
        tls: Some(Authority::new().trusted()),
        ..Given::default()
    };
    let plain = peer(|mut stream| async move {
        hears(&mut stream).await;
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
    });
    let ends = peer(|mut stream| async move { hears(&mut stream).await });
    let resets = peer(|mut stream| async move {
        hears(&mut stream).await;
        stream.set_zero_linger().unwrap();
    });
    // A handshake message of TLS whose type nobody knows.
    let strange = peer(|mut stream| async move {
        hears(&mut stream).await;
        let _ = stream.write_all(&[22, 3, 3, 0, 4, 99, 0, 0, 0]).await;
    });
    let faults = [
        ("not TLS at all", plain.await, Reason::TlsProtocol),
        ("strange message", strange.await, Reason::TlsProtocol),
        ("end within the handshake", ends.await, Reason::TlsEof),
        (
            "reset within the handshake",
            resets.await,
            Reason::Econnreset,
        ),
    ];
    for (fault, peer, reason) in faults {
        for library in Library::ALL {
            library
                .fails(fault, &format!("https://{peer}/"), &given, reason)
                .await;
        }
    }
}

#[tokio::test]
async fn a_connection_cut_off_behind_the_handshake_is_closed() {
    let authority = Authority::new();
    let acceptor = TlsAcceptor::from(Arc::new(with(authority.gives(good()))));
    let peer = peer(move |stream| {
        let accepting = acceptor.accept(stream);
        async move {
            let mut stream = accepting.await.unwrap();
            let _ = stream.read(&mut [0; 1024]).await;
            let half = b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf";
            let _ = stream.write_all(half).await;
            let _ = stream.flush().await;
            // Without the goodbye that TLS asks for.
        }
    })
    .await;
    let given = Given {
        tls: Some(authority.trusted()),
        ..Given::default()
    };
    for library in Library::ALL {
        let url = format!("https://{peer}/");
        library.fails("cut off", &url, &given, Reason::Closed).await;
    }
}

/// A host's own rule for certificates, which fails in a way of its own.
#[derive(Debug)]
struct Strict;

impl ServerCertVerifier for Strict {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Err(rustls::Error::General(
            "the list of pins cannot be read".into(),
        ))
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        let known = provider().signature_verification_algorithms;
        known.supported_schemes()
    }
}

#[tokio::test]
async fn what_only_the_host_knows_of_is_another_tls_failure() {
    let strict = client()
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Strict))
        .with_no_client_auth();
    let pair = Authority::new().gives(good());
    fails("the host's own rule", with(pair), &strict, Reason::TlsOther).await;
}
