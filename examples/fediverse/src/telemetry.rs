//! Telemetry: what this server declares to be observed. All else that it takes is one line where a thing happens:
//!
//! | what | where |
//! | --- | --- |
//! | requests in | `server.rs`: a layer around the router |
//! | requests out | `outgoing.rs`: a middleware of the client |
//! | a job is offered | `queue/enqueue.rs` |
//! | a post is told live | `queue/local.rs` |
//! | a delivery is shed | `federation/publish.rs` |
//! | a job runs | `queue/worker.rs`: a layer around the handler |
//! | one inbox | `jobs/deliver.rs`, `jobs/announce.rs` |
//! | what others send | `web/inbox.rs` |
//! | a server lags behind | `queue/breaker.rs` |
//! | keys take memory | `federation/keys.rs` |
//! | the database is asked | `database.rs` |
//! | another server is asked | `outgoing.rs` |
//! | a signature is made or checked | `federation/signature.rs` |
//! | a page or a document is made | `web/` |
//! | why something failed | the errors' `source()` |

use std::convert::Infallible;
use std::future::ready;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use fedimetrics_core::endpoint::Report;
use fedimetrics_core::pool::Pool;
use fedimetrics_core::stage::Stages;
use fedimetrics_core::{
    Access, Endpoint, Exporter, Instance, Probe, Probing, Role, Sampler, service,
};
use fedimetrics_jobs::{Inbound, Job, Peers, Purpose, Queue, Targets, depth};
use fedimetrics_tower::{HttpClientMetricsLayer, HttpMetricsLayer};
use sqlx::SqlitePool;
use tokio::task::JoinSet;

use crate::model::Census;
use crate::queue::{self, schedule::SWEEP};
use crate::{App, Options};

pub(crate) static DELIVER: Job = Job::delivery("federation_out", "deliver").time_limit(secs(5));
pub(crate) static ANNOUNCE: Job = Job::delivery("federation_out", "announce").time_limit(secs(30));
pub(crate) static PROCESS: Job = Job::new("federation_in", "process");
pub(crate) static MAIL: Job = Job::new("mail", "mail").time_limit(secs(10));
pub(crate) static DIGEST: Job = Job::new("media", "digest");
pub(crate) static CARD: Job = Job::new("cards", "card");
pub(crate) static TELL: Job = Job::new("live", "tell");
pub(crate) static CLEANUP: Job = Job::new("cleanup", "cleanup").every(SWEEP);

/// Which servers fail, and since when.
pub(crate) static TARGETS: Targets = Targets::new().with_lasting();

/// How late the servers are that we deliver to.
pub(crate) static PEERS: Peers = Peers::new("federation_out", PROBE);

/// What becomes of what others send.
pub(crate) static INBOX: Inbound = Inbound::new();

pub(crate) static DATABASE: Pool = Pool::new("main");

static QUEUES: [Queue; 6] = [
    Queue::new("federation_out", Purpose::FederationOut)
        .concurrency(24)
        .probed_every(PROBE),
    Queue::new("federation_in", Purpose::FederationIn)
        .concurrency(4)
        .probed_every(PROBE),
    Queue::new("mail", Purpose::Mail)
        .concurrency(2)
        .probed_every(PROBE),
    Queue::new("media", Purpose::Media)
        .concurrency(2)
        .probed_every(PROBE),
    Queue::new("cards", Purpose::Other)
        .concurrency(2)
        .probed_every(PROBE),
    Queue::new("cleanup", Purpose::Maintenance)
        .concurrency(1)
        .probed_every(PROBE),
];

/// The one queue that each process has of its own.
static UNTOLD: Queue = Queue::new("live", Purpose::Push)
    .local()
    .concurrency(1)
    .probed_every(PROBE);

/// A server for people asks every 30 s or slower; who watches this one does not want to wait.
const PROBE: Duration = secs(3);

/// What the server is observed with.
#[derive(Clone, Debug)]
pub struct Telemetry {
    /// All its numbers.
    pub exporter: Exporter,
    /// The layer around its router.
    pub http: HttpMetricsLayer,
    /// The middleware of its client.
    pub outgoing: HttpClientMetricsLayer,
    /// The thread that asks the runtime how long a task waits.
    pub probing: Arc<Probing>,
    instance: Arc<Sampler<Instance>>,
}

impl Telemetry {
    /// Declares everything, so that it reads 0 from the first scrape, and becomes the process's recorder. Where a
    /// server runs in this process already, that one has the recorder, and its exporter shows the jobs of both.
    ///
    /// # Errors
    ///
    /// When a declaration is wrong, or no thread is to be had.
    pub fn install(
        data: &Path,
        role: Role,
        options: &Options,
        keys: Arc<AtomicU64>,
    ) -> Result<Self, fedimetrics_core::Error> {
        let http = HttpMetricsLayer::new().with_busy_time().with_body_sizes();
        let outgoing = HttpClientMetricsLayer::new(fedimetrics_tower::Purpose::Other);
        let probe = Probe::new("main", tokio::runtime::Handle::current());
        let instance = Instance::sampled_every(PROBE);
        let mut exporter = (options.beside)(Exporter::builder())
            .with_service(service!().with_role(role))
            .with_runtime_gauges()
            .with_storage("data", data)
            .with_memory_component("remote_keys", move || Some(keys.load(Ordering::Relaxed)))
            .watch(&probe)
            .watch(Stages::global())
            .watch(&DATABASE)
            .watch(&instance)
            .watch(&outgoing)
            .watch(&TARGETS)
            .watch(&PEERS)
            .watch(&INBOX);
        if options.http_metrics {
            exporter = exporter.watch(&http);
        }
        for job in [
            &DELIVER, &ANNOUNCE, &PROCESS, &MAIL, &DIGEST, &CARD, &CLEANUP, &TELL,
        ] {
            exporter = exporter.watch(job);
        }
        for queue in QUEUES.iter().chain([&UNTOLD]) {
            exporter = exporter.watch(queue);
        }
        let exporter = exporter
            .install()
            .or_else(fedimetrics_core::Error::into_exporter)?;
        Ok(Self {
            exporter,
            http,
            outgoing,
            probing: Arc::new(probe.spawn()?),
            instance: Arc::new(instance),
        })
    }

    /// `/metrics`, and the servers that fail beside it, for those who have the token in that file.
    ///
    /// # Errors
    ///
    /// When the file holds no good token.
    pub fn endpoint(&self, token: &Path) -> Result<Endpoint, fedimetrics_core::Error> {
        let endpoint = self.exporter.endpoint(Access::bearer_token_file(token)?);
        Ok(endpoint.with_report(Report::json(FAILING_TARGETS, || TARGETS.json())))
    }

    /// Reads the depth of every queue again and again.
    pub fn probe(&self, app: &Arc<App>, background: &mut JoinSet<()>) {
        let pool: &SqlitePool = &app.pool;
        for (queue, name) in QUEUES.iter().zip(queue::Queue::ALL.map(queue::Queue::name)) {
            background.spawn(queue.probe(secs(2), depth::apalis(pool, name)));
        }
        let app = Arc::clone(app);
        background.spawn(UNTOLD.probe(secs(2), move || {
            ready(Ok::<_, Infallible>(app.untold.depth()))
        }));
    }

    /// Tells again and again how late each server is that we deliver to.
    pub fn tell_of_peers(&self, app: &Arc<App>, background: &mut JoinSet<()>) {
        let app = Arc::clone(app);
        background.spawn(async move {
            let mut ticks = tokio::time::interval(PROBE);
            loop {
                ticks.tick().await;
                PEERS.report(app.breaker.peers());
            }
        });
    }

    /// Counts people, posts and servers again and again.
    pub fn count(&self, app: &Arc<App>, background: &mut JoinSet<()>) {
        let app = Arc::clone(app);
        let census = move || {
            let app = Arc::clone(&app);
            async move { Census::read(&app.pool).await.map(figures) }
        };
        background.spawn(self.instance.sample(secs(2), census));
    }
}

/// Where the servers that fail are listed: `/metrics/` and this.
pub const FAILING_TARGETS: &str = "failing_targets.json";

fn figures(census: Census) -> Instance {
    let count = |number: i64| u64::try_from(number).ok();
    Instance {
        local_users: count(census.local_users),
        local_posts: count(census.local_posts),
        remote_users: count(census.remote_users),
        known_servers: count(census.known_servers),
    }
}

const fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}
