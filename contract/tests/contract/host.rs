//! A host as small as can be: one route, one queue, one worker, one exporter, an endpoint behind a token.

use std::fs;
use std::net::SocketAddr;

use axum::Router;
use axum::routing::get;
use fedimetrics_contract::Target;
use fedimetrics_core::{Access, Exporter, Role, Service};
use fedimetrics_jobs::{Job, Purpose, Queue};
use fedimetrics_tower::{HttpClientMetricsLayer, HttpMetricsLayer, Purpose as For};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use ureq::Agent;

const TOKEN: &str = "Zm9sbG93IG1lIG9uIGZlZGl2ZXJzZQ";

static DELIVER: Job = Job::delivery("federation_out", "deliver");
static OUTBOX: Queue = Queue::new("federation_out", Purpose::FederationOut);

/// A server that runs until it is dropped.
pub(crate) struct Host {
    pub(crate) exporter: Exporter,
    pub(crate) address: SocketAddr,
    folder: TempDir,
    _runtime: Runtime,
}

impl Host {
    pub(crate) fn start() -> Self {
        let runtime = Runtime::new().unwrap();
        let _entered = runtime.enter();
        let folder = tempfile::tempdir().unwrap();
        let token = folder.path().join("metrics.token");
        fs::write(&token, format!("{TOKEN}\n")).unwrap();
        let http = HttpMetricsLayer::new();
        let exporter = Exporter::builder()
            .with_runtime_gauges()
            .with_service(Service::new("host", "1.2.3").with_role(Role::Web))
            .watch(&http)
            .watch(&HttpClientMetricsLayer::new(For::Fetch))
            .watch(&DELIVER)
            .watch(&OUTBOX)
            .build()
            .unwrap();
        let endpoint = exporter.endpoint(Access::bearer_token_file(token).unwrap());
        let router = Router::new()
            .route("/users/{id}", get(async || "hello"))
            .layer(http.on(&exporter))
            .route_service("/metrics", endpoint);
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        runtime.spawn(async { axum::serve(listener, router).await });
        drop(_entered);
        Self {
            exporter,
            address,
            folder,
            _runtime: runtime,
        }
    }

    /// What a Prometheus has to know.
    pub(crate) fn target(&self) -> Target {
        Target {
            address: self.address,
            path: "/metrics".to_owned(),
            token: self.folder.path().join("metrics.token"),
        }
    }

    /// One request to its one route.
    pub(crate) fn visit(&self) {
        let mut response = Agent::new_with_defaults()
            .get(format!("http://{}/users/alice", self.address))
            .call()
            .unwrap();
        assert_eq!(response.body_mut().read_to_string().unwrap(), "hello");
    }
}
