//! Pool: one pool of connections to a database, declared once.

use std::fmt;
use std::sync::{Arc, OnceLock};

use super::acquired::Acquired;
use super::connections::Connections;
use super::meters::Meters;
use super::read::Read;
use super::waiting::Waiting;
use crate::catalogue::{POOL_CONNECTIONS, POOL_MAX, POOL_PENDING, POOL_TIMEOUTS, POOL_WAIT};
use crate::exporter::Exporter;
use crate::sink::Sink;
use crate::stage::{DB_WAIT, Stages};
use crate::watch::{Watch, Watching};

/// One pool of connections to a database, declared once: usually a `static`.
///
/// It records to the recorder that is installed for the whole process, from the first use after that on. Give it to
/// [`Builder::watch`](crate::Builder::watch); once the pool itself is open, to [`reads`](Self::reads); and whatever waits
/// for a connection to [`acquire`](Self::acquire).
///
/// # Examples
///
/// ```
/// use fedimetrics_core::Exporter;
/// use fedimetrics_core::pool::{Counts, Pool};
/// use fedimetrics_core::testing::Scrape;
///
/// static POOL: Pool = Pool::new("main");
///
/// let exporter = Exporter::builder().watch(&POOL).build()?;
/// # #[cfg(any())]
/// POOL.reads(database.clone()); // a pool of sqlx, deadpool or bb8
/// # POOL.reads(|| Counts { idle: 1, used: 4, max: Some(5) });
///
/// let scrape = Scrape::of(&exporter);
/// let used = [("db_client_connection_pool_name", "main"), ("db_client_connection_state", "used")];
/// assert_eq!(scrape.value("db_client_connection_count", &used), Some(4.0));
/// assert_eq!(scrape.value("db_client_connection_timeouts_total", &[]), Some(0.0));
/// # Ok::<(), fedimetrics_core::Error>(())
/// ```
pub struct Pool {
    name: &'static str,
    max: Option<u64>,
    sink: Sink,
    read: OnceLock<Arc<Read>>,
    live: OnceLock<Arc<Meters>>,
    /// `None` for those of the whole process.
    stages: Option<Stages>,
}

impl Pool {
    /// A pool of this name: the label `db_client_connection_pool_name`.
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        Self {
            name,
            max: None,
            sink: Sink::global(),
            read: OnceLock::new(),
            live: OnceLock::new(),
            stages: None,
        }
    }

    /// How many connections it may open, for a pool that does not tell, as bb8's. Defaults to what the pool says.
    #[must_use]
    pub const fn with_max(mut self, connections: u64) -> Self {
        self.max = Some(connections);
        self
    }

    /// The same pool, recording to this exporter and to no other. Keep it: it holds the handles. The connections that
    /// [`reads`](Self::reads) is given are those of both.
    #[must_use]
    pub fn on(&self, exporter: &Exporter) -> Self {
        Self {
            name: self.name,
            max: self.max,
            sink: exporter.sink(),
            read: self.read().clone().into(),
            live: OnceLock::new(),
            stages: Some(Stages::on(exporter)),
        }
    }

    /// Shows how many connections this pool has, from the next scrape on: a clone of the pool, or a function that says.
    ///
    /// What is given is kept until another one is. A pool that closes when its last clone is dropped has to be closed
    /// by name.
    pub fn reads(&self, connections: impl Connections + 'static) {
        self.read().set(Arc::new(connections));
    }

    /// Waits for a connection, and counts the waiting: as pending while it lasts, by how long it took, and as a
    /// timeout where the pool gave up.
    ///
    /// What a pool does to hand out a connection is waiting as well: opening one, or asking it whether it still lives.
    /// In a request or a job it is also the stage [`DB_WAIT`].
    ///
    /// # Cancellation
    ///
    /// As safe as the future itself. Dropped half way, nobody is pending any more, and the time until then was waited; it
    /// is no timeout, not even where the host's own `timeout` dropped it.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[cfg(feature = "sqlx-0-9")]
    /// # mod with_sqlx {
    /// # use sqlx_0_9 as sqlx;
    /// use fedimetrics_core::pool::Pool;
    /// use fedimetrics_core::stage::{DB_QUERY, stage};
    ///
    /// static POOL: Pool = Pool::new("main");
    ///
    /// async fn one(pool: &sqlx::SqlitePool) -> sqlx::Result<i64> {
    ///     let mut connection = POOL.acquire(pool.acquire()).await?;
    ///     stage(DB_QUERY, sqlx::query_scalar("SELECT 1").fetch_one(&mut *connection)).await
    /// }
    /// # }
    /// ```
    pub async fn acquire<F: Future<Output: Acquired>>(&self, future: F) -> F::Output {
        self.acquire_judging(future, Acquired::has_timed_out).await
    }

    /// The same for a pool of another make: `timed_out` says whether it gave up.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::io::{self, ErrorKind};
    /// use fedimetrics_core::pool::Pool;
    ///
    /// static POOL: Pool = Pool::new("cache");
    ///
    /// # async fn connect() -> io::Result<u32> { Ok(7) }
    /// # async fn ask() -> io::Result<u32> {
    /// let timed_out = |got: &io::Result<u32>| got.as_ref().is_err_and(|error| error.kind() == ErrorKind::TimedOut);
    /// let connection = POOL.acquire_judging(connect(), timed_out).await?;
    /// # Ok(connection)
    /// # }
    /// ```
    pub async fn acquire_judging<F: Future>(
        &self,
        future: F,
        timed_out: impl FnOnce(&F::Output) -> bool,
    ) -> F::Output {
        let waiting = Waiting::begin(self.meters());
        let stages = self.stages.as_ref().unwrap_or(Stages::global());
        let acquired = stages.time(DB_WAIT, future).await;
        if timed_out(&acquired) {
            waiting.timed_out();
        }
        acquired
    }

    fn read(&self) -> &Arc<Read> {
        self.read
            .get_or_init(|| Arc::new(Read::new(self.name, self.max)))
    }

    /// Handles that do nothing are never kept for when there is a recorder.
    fn meters(&self) -> Option<Arc<Meters>> {
        if let Some(live) = self.live.get() {
            return Some(live.clone());
        }
        let meters = Meters::resolve(&self.sink, self.name);
        (!meters.are_noop()).then(|| self.live.get_or_init(|| Arc::new(meters)).clone())
    }
}

/// Makes every series of this pool that should read 0 from the start, and shows its connections.
impl Watch for Pool {
    fn watch(&self, watching: &mut Watching) {
        watching.describe(&[
            &POOL_CONNECTIONS,
            &POOL_MAX,
            &POOL_PENDING,
            &POOL_WAIT,
            &POOL_TIMEOUTS,
        ]);
        let _declared = Meters::resolve(watching.sink(), self.name);
        watching.collect(self.read().clone());
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool")
            .field("name", &self.name)
            .field("max", &self.max)
            .field("sink", &self.sink)
            .finish_non_exhaustive()
    }
}
