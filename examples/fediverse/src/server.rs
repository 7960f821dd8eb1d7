//! The whole server: what [`start`] starts, and how it ends.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use anyhow::Context;
use axum::body::Body;
use fedimetrics_core::Role;
use reqwest::Certificate;
use tokio::{net::TcpListener, task::JoinSet};
use tokio_util::sync::CancellationToken;

use crate::{
    App, Options, database,
    federation::{failing, keys::RemoteKeys},
    jobs::mail,
    model::User,
    neighbours::{Authority, Neighbours},
    outgoing::Outgoing,
    queue::{Breaker, Depth, Queue, Queues, Untold, local, schedule, worker},
    router,
    telemetry::{FAILING_TARGETS, Telemetry},
    token::Token,
    visitors,
    web::streaming::Live,
};

/// How long connections may take to end by themselves.
const GRACE: Duration = Duration::from_secs(3);

/// A server that runs. Dropping it ends everything at once; [`shutdown`](Self::shutdown) ends it cleanly.
#[derive(Debug)]
pub struct Running {
    /// Where it listens.
    pub address: SocketAddr,
    /// Its parts.
    pub app: Arc<App>,
    /// What it is observed with.
    pub telemetry: Telemetry,
    /// What opens `/metrics`.
    pub token: Token,
    /// Who it federates with; none where not asked for.
    pub neighbours: Option<Neighbours>,
    /// Who takes its mail.
    pub mail: Arc<mail::Server>,
    data: PathBuf,
    listening: tokio::task::JoinHandle<()>,
    workers: JoinSet<()>,
    traffic: JoinSet<()>,
    background: JoinSet<()>,
    stop: CancellationToken,
    rest: CancellationToken,
    // Last, so that the folder outlives what writes into it.
    _temporary: Option<tempfile::TempDir>,
}

/// Starts the server, its workers, and whoever else was asked for.
///
/// # Errors
///
/// When the data cannot be opened or the address is taken.
pub async fn start(options: Options) -> anyhow::Result<Running> {
    // Fails only where the host of this library has chosen a provider already, which is then as good.
    rustls::crypto::ring::default_provider()
        .install_default()
        .ok();

    let temporary = match options.data {
        Some(_) => None,
        None => Some(tempfile::tempdir().context("no temporary folder; name one with --data DIR")?),
    };
    let data = options
        .data
        .clone()
        .or_else(|| temporary.as_ref().map(|folder| folder.path().to_owned()));
    let data = data.context("no folder for the data; name one with --data DIR")?;
    let media = data.join("media");
    tokio::fs::create_dir_all(&media)
        .await
        .with_context(|| format!("{} cannot be made", media.display()))?;

    let role = if options.workers {
        Role::All
    } else {
        Role::Web
    };
    // Before anything happens: what happens before it is counted by nobody.
    let keys = RemoteKeys::default();
    let telemetry = Telemetry::install(&data, role, &options, keys.held())?;
    let pool = database::open(&data)
        .await
        .with_context(|| format!("the database in {}", data.display()))?;

    let listener = TcpListener::bind(options.listen).await.with_context(|| {
        format!(
            "{} cannot be listened on; choose another with --listen",
            options.listen
        )
    })?;
    let address = listener.local_addr()?;
    let mail = Arc::new(mail::Server::default());
    let mail_server = TcpListener::bind(("127.0.0.1", 0)).await?;
    let authority = Authority::new("the neighbourhood")?;

    let app = Arc::new(App {
        base: format!("http://{address}"),
        users: User::all(&pool).await?,
        outgoing: Outgoing::new(
            vec![Certificate::from_der(authority.certificate())?],
            telemetry.outgoing.clone(),
        )?,
        keys,
        queues: Queues::new(pool.clone()),
        breaker: if options.workers {
            Breaker::default()
        } else {
            Breaker::of_others()
        },
        untold: Untold::default(),
        live: Live::default(),
        media,
        mail: mail_server.local_addr()?,
        closing: CancellationToken::new(),
        run: std::process::id()
            ^ u32::try_from(crate::model::clock::now() & 0xffff_ffff).unwrap_or(0),
        pool,
    });

    let (stop, rest) = (CancellationToken::new(), CancellationToken::new());
    let mut background = JoinSet::new();
    background.spawn(Arc::clone(&mail).serve(mail_server));
    background.spawn(local::work(Arc::clone(&app)));
    if options.workers {
        failing::recall(&app.pool).await?;
        background.spawn(until(stop.clone(), schedule::run(Arc::clone(&app))));
        telemetry.tell_of_peers(&app, &mut background);
    }

    let closing = app.closing.clone();
    let token = Token::create(&data)?;
    let metrics = telemetry.endpoint(token.path())?;
    let mut router = router::build(Arc::clone(&app));
    if options.http_metrics {
        router = router.layer(telemetry.http.clone().with_request_bodies(Body::new));
    }
    let service = router
        .route_service(&format!("/metrics/{FAILING_TARGETS}"), metrics.clone())
        .route_service("/metrics", metrics);
    telemetry.probe(&app, &mut background);
    telemetry.count(&app, &mut background);
    let listening = tokio::spawn(async move {
        let served = axum::serve(listener, service)
            .with_graceful_shutdown(closing.cancelled_owned())
            .await;
        if let Err(error) = served {
            tracing::error!(%error, "the server stopped listening");
        }
    });

    let mut workers = JoinSet::new();
    for queue in Queue::ALL.into_iter().filter(|_| options.workers) {
        workers.spawn(worker::work(Arc::clone(&app), queue, stop.clone()));
    }

    let mut traffic = JoinSet::new();
    let neighbours = match options.neighbours {
        true => Some(Neighbours::start(&app, &authority, &mut background).await?),
        false => None,
    };
    if options.visitors {
        if let Some(neighbours) = &neighbours {
            neighbours.send(&app, &rest, &mut traffic);
        }
        visitors::come(&app, neighbours.as_ref(), &rest, &mut traffic);
    }
    if let Some(after) = options.traffic {
        let rest = rest.clone();
        background.spawn(async move {
            tokio::time::sleep(after).await;
            rest.cancel();
        });
    }
    Ok(Running {
        address,
        app,
        telemetry,
        token,
        neighbours,
        mail,
        data,
        listening,
        workers,
        traffic,
        background,
        stop,
        rest,
        _temporary: temporary,
    })
}

impl Running {
    /// The folder of the database and the media.
    #[must_use]
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// How deep the queues are.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn depth(&self) -> sqlx::Result<Vec<Depth>> {
        Depth::read(&self.app.pool).await
    }

    /// Ends the traffic now, as `--traffic-seconds` does later.
    pub fn end_traffic(&self) {
        self.rest.cancel();
    }

    /// Waits until the traffic has ended and no job is left to run. It never returns while there is traffic without
    /// an end.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn at_rest(&mut self) -> sqlx::Result<()> {
        while self.traffic.join_next().await.is_some() {}
        while self.depth().await?.iter().any(|depth| depth.pending() > 0) {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Ok(())
    }

    /// Ends everything cleanly: nothing new is accepted, workers take no more jobs, and what runs gets a few seconds.
    pub async fn shutdown(mut self) {
        self.rest.cancel();
        self.traffic.shutdown().await;
        self.app.closing.cancel();
        self.stop.cancel();
        if tokio::time::timeout(GRACE, &mut self.listening)
            .await
            .is_err()
        {
            self.listening.abort();
        }
        while self.workers.join_next().await.is_some() {}
        self.background.shutdown().await;
        self.app.pool.close().await;
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.listening.abort();
        self.app.closing.cancel();
    }
}

async fn until(stop: CancellationToken, work: impl Future<Output = ()>) {
    stop.run_until_cancelled(work).await;
}
