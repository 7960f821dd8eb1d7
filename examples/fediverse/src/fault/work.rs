//! Work: more of it than usual, or later.

use std::{sync::Arc, time::Duration};

use serde_json::json;
use tokio::task::JoinSet;

use super::Fault;
use crate::{
    App, Running,
    neighbours::{Letter, Manner, client},
    queue::{Job, Queue},
};

/// So many old letters come at a time.
const LETTERS: usize = 50;

/// How long a busy neighbour waits between two letters.
const PAUSE: Duration = Duration::from_millis(120);

impl Running {
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
        Some(Fault::tasks(tasks))
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
        Fault::tasks(tasks)
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
