//! Faults: what an administrator fears, made to happen on purpose, so that it can be seen who notices.

use std::{sync::Arc, time::Duration};

use serde_json::json;
use tokio::{runtime::Handle, task::JoinSet};

use crate::{
    App, Running,
    neighbours::{Letter, Manner, client},
    queue::{Job, Queue},
};

/// How long one piece of blocking work holds a worker of the runtime.
const PIECE: Duration = Duration::from_millis(1500);
/// So many pieces are always due for each worker: whatever else is due waits for all of them.
const PIECES: usize = 8;

/// So many want a connection of the pool at a time, and keep it for that long: everybody waits, and nobody for too long.
const CROWD: usize = 60;
/// See [`CROWD`].
const KEPT: Duration = Duration::from_millis(80);

/// So many old letters come at a time.
const LETTERS: usize = 50;

/// How long a busy neighbour waits between two letters.
const PAUSE: Duration = Duration::from_millis(120);

/// A fault that lasts until it is dropped.
#[derive(Debug)]
#[must_use = "dropped, it is over"]
pub struct Fault {
    _tasks: JoinSet<()>,
}

impl Running {
    /// No name is found any more: the resolver is gone.
    pub fn break_dns(&self) {
        self.app.outgoing.names().fall_silent(true);
    }

    /// Names are found again.
    pub fn mend_dns(&self) {
        self.app.outgoing.names().fall_silent(false);
    }

    /// Every neighbour that accepts what is sent is switched off, for good.
    pub fn kill_good_neighbours(&self) {
        let all = self.neighbours.iter().flat_map(|all| all.iter());
        all.filter(|neighbour| neighbour.manner.is_good())
            .for_each(|neighbour| neighbour.kill());
    }

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
        Fault { _tasks: tasks }
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
        Ok(Fault { _tasks: tasks })
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
        Fault { _tasks: tasks }
    }

    /// A neighbour that writes to us all the time, far more than the others do. `None` where there is no neighbour.
    #[must_use]
    pub fn hear_a_busy_neighbour(&self) -> Option<Fault> {
        let from = Arc::clone(self.neighbours.as_ref()?.get(Manner::Well)?);
        let (client, inbox) = (client().ok()?, format!("{}/inbox", self.app.base));
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            for number in 1_000_000.. {
                tokio::time::sleep(PAUSE).await;
                let note = format!("{}/notes/{number}", from.base);
                let note = json!({ "id": note, "type": "Note", "content": "hello again" });
                let letter = Letter::new(&from, "ben", "Create", number, &note);
                // The answer is the server's, and counted there.
                letter.send(&from, &client, &inbox).await.ok();
            }
        });
        Some(Fault { _tasks: tasks })
    }

    /// Letters wait that were due an hour ago, as after an hour without a worker. However quick the workers are now, they find
    /// more of them.
    pub fn let_mail_lie(&self) -> Fault {
        let app = Arc::clone(&self.app);
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            loop {
                // A queue that is full, or a database that is busy, has more room later.
                if leave_mail_lying(&app).await.is_err() {
                    tokio::time::sleep(PAUSE).await;
                }
            }
        });
        Fault { _tasks: tasks }
    }
}

async fn leave_mail_lying(app: &App) -> anyhow::Result<()> {
    for number in 0..LETTERS {
        let job = Job::Mail {
            user: "alice".to_owned(),
            subject: format!("an old letter, number {number}"),
        };
        app.queues.enqueue(job).await?;
    }
    sqlx::query(
        "UPDATE Jobs SET run_at = min(run_at, unixepoch() - 3600)
        WHERE job_type = ? AND status = 'Pending'",
    )
    .bind(Queue::Mail.name())
    .execute(&app.pool)
    .await?;
    Ok(())
}
