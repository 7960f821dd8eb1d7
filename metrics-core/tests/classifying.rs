//! Finding a reason allocates nothing.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may")]

use std::error::Error;
use std::hint::black_box;
use std::io;
use std::net::TcpListener;
use std::sync::Arc;

use allocation_counter::measure;
use fedimetrics_core::{Failure, Reason};
use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};

/// What reqwest says of a port where nobody listens.
async fn refused() -> reqwest_0_13::Error {
    let nobody = {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap()
    };
    let tls = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(RootCertStore::empty())
        .with_no_client_auth();
    let client = reqwest_0_13::Client::builder()
        .no_proxy()
        .tls_backend_preconfigured(tls);
    let client = client.build().unwrap();
    client
        .get(format!("http://{nobody}/"))
        .send()
        .await
        .unwrap_err()
}

#[tokio::test]
async fn finding_a_reason_allocates_nothing() {
    let refused = refused().await;
    let sent =
        "Activity https://a.example/1 to https://b.example/inbox failure with status 410 Gone: ";
    let strange: Box<dyn Error + Send + Sync> = "nobody knows".into();
    // The first time that a type is not known is said, and a line may cost something.
    let _ = strange.reason();
    let errors: [(&dyn Fn() -> Reason, Reason); 4] = [
        (
            &|| Reason::classify(black_box(&refused)),
            Reason::Econnrefused,
        ),
        (&|| black_box(&refused).reason(), Reason::Econnrefused),
        (&|| black_box(&sent).reason(), Reason::http(410)),
        (&|| black_box(&strange).reason(), Reason::Other),
    ];
    for (place, (classify, reason)) in errors.iter().enumerate() {
        let spent = measure(|| {
            for _ in 0..100 {
                assert_eq!(classify(), *reason, "{place}");
            }
        });
        assert_eq!(spent.count_total, 0, "{place}");
    }
    let spent = measure(|| drop(black_box(Box::new(io::Error::other("it counts")))));
    assert!(spent.count_total > 0);
}
