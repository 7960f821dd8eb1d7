//! Inside: the server's own parts do not do what they are there for.

use std::{sync::Arc, time::Duration};

use tokio::{runtime::Handle, task::JoinSet};

use super::Fault;
use crate::Running;

/// How long one piece of blocking work holds a worker of the runtime.
const PIECE: Duration = Duration::from_millis(1500);
/// So many pieces are always due for each worker: whatever else is due waits for all of them.
const PIECES: usize = 8;

/// So many want a connection of the pool at a time, and keep it for that long: everybody waits, and nobody for too long.
const CROWD: usize = 60;
/// See [`CROWD`].
const KEPT: Duration = Duration::from_millis(80);

/// So many strangers come at a time, and so long it takes until the next do.
const STRANGERS: u64 = 100;
/// See [`STRANGERS`].
const UNTIL_MORE: Duration = Duration::from_millis(100);

impl Running {
    /// Blocking work on the workers of the runtime, more than they can do: every task waits for seconds.
    pub fn stall_runtime(&self) -> Fault {
        let mut tasks = JoinSet::new();
        for _ in 0..PIECES * Handle::current().metrics().num_workers() {
            tasks.spawn(async {
                loop {
                    std::thread::sleep(PIECE);
                    tokio::task::yield_now().await;
                }
            });
        }
        Fault::tasks(tasks)
    }

    /// Every connection of the pool is taken, and none is given back.
    ///
    /// # Errors
    ///
    /// When the database fails before that.
    pub async fn exhaust_pool(&self) -> sqlx::Result<Fault> {
        let (pool, mut tasks) = (&self.app.pool, JoinSet::new());
        for _ in 0..pool.options().get_max_connections() {
            let connection = pool.acquire().await?;
            tasks.spawn(async move {
                let _kept = connection;
                std::future::pending().await
            });
        }
        Ok(Fault::tasks(tasks))
    }

    /// A crowd that wants more connections than the pool has: everybody waits for theirs, and gets it.
    pub fn crowd_pool(&self) -> Fault {
        let mut tasks = JoinSet::new();
        for _ in 0..CROWD {
            let app = Arc::clone(&self.app);
            tasks.spawn(async move {
                loop {
                    let connection = app.pool.acquire().await;
                    tokio::time::sleep(KEPT).await;
                    drop(connection);
                }
            });
        }
        Fault::tasks(tasks)
    }

    /// A dependency counts whom it greets by their names, and strangers come and come: each is a series of its own.
    pub fn count_strangers(&self) -> Fault {
        let mut tasks = JoinSet::new();
        tasks.spawn(async {
            for number in 0_u64.. {
                let stranger = format!("stranger-{number}");
                metrics::counter!("sloppy_greetings_total", "name" => stranger).increment(1);
                if number % STRANGERS == 0 {
                    tokio::time::sleep(UNTIL_MORE).await;
                }
            }
        });
        Fault::tasks(tasks)
    }

    /// The budget for what is asked of others is spent. Who wrote that rule gave its error no reason.
    pub fn spend_budget(&self) {
        self.app.outgoing.budget().spend(true);
    }

    /// There is a new one.
    pub fn renew_budget(&self) {
        self.app.outgoing.budget().spend(false);
    }
}
