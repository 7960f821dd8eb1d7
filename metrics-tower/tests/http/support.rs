//! A real server on loopback, and clients that speak HTTP/1.1 and HTTP/2 to it.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum_0_8 as axum;
use bytes::Bytes;
use fedimetrics_core::Exporter;
use fedimetrics_core::testing::Scrape;
use fedimetrics_tower::HttpMetricsLayer;
use http::request::Builder;
use http::{HeaderValue, Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::client::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{interval, timeout};

/// How long a test waits for what must come.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Version {
    H1,
    H2,
}

impl Version {
    pub(crate) const BOTH: [Self; 2] = [Self::H1, Self::H2];
}

/// A server of its own for one test, with numbers of its own.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) exporter: Exporter,
}

impl Server {
    /// Serves what `app` makes of a layer that records to this server's exporter.
    pub(crate) async fn start(app: impl FnOnce(HttpMetricsLayer) -> Router) -> Self {
        Self::with(HttpMetricsLayer::new(), app).await
    }

    /// The same, with a layer that has settings.
    pub(crate) async fn with(
        layer: HttpMetricsLayer,
        app: impl FnOnce(HttpMetricsLayer) -> Router,
    ) -> Self {
        let exporter = Exporter::builder().watch(&layer).build().unwrap();
        let app = app(layer.on(&exporter));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { address, exporter }
    }

    /// Serves routes with the layer around all of them, as a host would.
    pub(crate) async fn routes(routes: Router) -> Self {
        Self::start(|layer| routes.layer(layer)).await
    }

    pub(crate) fn scrape(&self) -> Scrape {
        Scrape::of(&self.exporter)
    }

    /// How many requests ended in this way.
    pub(crate) fn ended(&self, outcome: &str) -> f64 {
        self.scrape()
            .sum("http_server_outcomes_total", &[("outcome", outcome)])
    }

    /// The sum of a family's samples with these labels.
    pub(crate) fn sum(&self, name: &str, labels: &[(&str, &str)]) -> f64 {
        self.scrape().sum(name, labels)
    }

    pub(crate) fn active(&self) -> f64 {
        self.scrape().sum("http_server_active_requests", &[])
    }

    /// Waits until exactly one request has ended, in this way, and nothing is left.
    pub(crate) async fn one_ended(&self, outcome: &str) {
        self.eventually(|scrape| scrape.sum("http_server_outcomes_total", &[]) == 1.0)
            .await;
        let ended: Vec<_> = self
            .scrape()
            .samples()
            .iter()
            .filter(|line| line.value > 0.0)
            .cloned()
            .collect();
        assert_eq!(
            self.ended(outcome),
            1.0,
            "{outcome} was expected of {ended:#?}"
        );
        assert_eq!(self.scrape().sum("http_server_requests_total", &[]), 1.0);
        assert_eq!(
            self.scrape()
                .sum("http_server_request_duration_seconds_count", &[]),
            1.0
        );
        assert_eq!(self.active(), 0.0);
    }

    pub(crate) async fn eventually(&self, true_of: impl Fn(&Scrape) -> bool) {
        let mut often = interval(Duration::from_millis(2));
        let waited = timeout(PATIENCE, async {
            while !true_of(&self.scrape()) {
                often.tick().await;
            }
        });
        assert!(
            waited.await.is_ok(),
            "never came true: {:#?}",
            self.scrape()
        );
    }

    pub(crate) async fn client(&self, version: Version) -> Client {
        let io = TokioIo::new(TcpStream::connect(self.address).await.unwrap());
        match version {
            Version::H1 => {
                let (client, connection) = http1::handshake(io).await.unwrap();
                tokio::spawn(connection.with_upgrades());
                Client::H1(client)
            }
            Version::H2 => {
                let (client, connection) =
                    http2::handshake(TokioExecutor::new(), io).await.unwrap();
                tokio::spawn(connection);
                Client::H2(client)
            }
        }
    }
}

/// One connection. Dropping it is what a client does that leaves.
pub(crate) enum Client {
    H1(http1::SendRequest<Full<Bytes>>),
    H2(http2::SendRequest<Full<Bytes>>),
}

impl Client {
    /// Sends a request and waits for the head of its response.
    pub(crate) async fn send(&mut self, method: &str, path: &str) -> Response<Incoming> {
        self.send_with(Request::builder().method(method), path)
            .await
    }

    pub(crate) async fn send_with(&mut self, request: Builder, path: &str) -> Response<Incoming> {
        self.try_send(request, path).await.unwrap()
    }

    async fn try_send(
        &mut self,
        request: Builder,
        path: &str,
    ) -> hyper::Result<Response<Incoming>> {
        match self {
            Self::H1(client) => {
                let request = request.uri(path);
                let mut request = request.body(Full::default()).unwrap();
                let host = request.headers_mut().entry("host");
                host.or_insert(HeaderValue::from_static("social.example"));
                client.send_request(request).await
            }
            Self::H2(client) => {
                let request = request.uri(format!("http://social.example{path}"));
                client
                    .send_request(request.body(Full::default()).unwrap())
                    .await
            }
        }
    }

    /// Sends a request and reads all of its response.
    pub(crate) async fn read(&mut self, method: &str, path: &str) -> Read {
        let (parts, body) = self.send(method, path).await.into_parts();
        Read {
            parts,
            body: body.collect().await.unwrap().to_bytes(),
        }
    }

    /// Sends a request whose response breaks off, before its head has left the server or later.
    pub(crate) async fn read_broken(&mut self, path: &str) {
        let broken = match self.try_send(Request::builder(), path).await {
            Ok(response) => response.into_body().collect().await.is_err(),
            Err(_) => true,
        };
        assert!(broken, "the client must see it too");
    }
}

/// A response that was read to its end.
#[derive(Debug)]
pub(crate) struct Read {
    pub(crate) parts: http::response::Parts,
    pub(crate) body: Bytes,
}
