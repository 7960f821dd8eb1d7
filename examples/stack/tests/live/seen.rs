//! One run: the stack under traffic, and then one fault after the other.

use std::path::Path;
use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use fedimetrics_contract::promql;
use stack::{Hurry, Options, Queries, Stack, Window};
use tokio::runtime::Runtime;

use crate::asked::{self, Asked, known, starts};
use crate::faults::{self, World};
use crate::injection::{PATIENCE, Watched, engines};
use crate::process::{self, Process};
use crate::{AWAKE, limits, woken};

/// Longer than the week of those in a hurry, so that "last week" has been.
const TRAFFIC: Duration = Duration::from_secs(105);

/// What is looked at.
const LOOK: Duration = Duration::from_secs(85);

/// What was seen.
#[derive(Default)]
pub(crate) struct Seen {
    /// What was asked, so that it is more than nothing.
    pub(crate) asked: usize,
    /// What one of the two did not understand.
    pub(crate) refused: Vec<String>,
    /// What returned nothing, though it should.
    pub(crate) empty: Vec<String>,
    pub(crate) instances: Vec<usize>,
    /// How deep queues are that both processes read, and that each has of its own.
    pub(crate) depths: Vec<Depths>,
    /// What did not notice a fault.
    pub(crate) blind: Vec<String>,
}

/// How many of the depths that a rule records are which.
#[derive(Debug)]
pub(crate) struct Depths {
    /// Are what one of the processes says of a shared queue, where two say so.
    pub(crate) shared: usize,
    /// Would be too much if they were added up.
    pub(crate) twice: usize,
    /// Are the sum of what both say of queues of their own.
    pub(crate) local: usize,
    /// Are neither.
    pub(crate) wrong: usize,
}

impl Depths {
    /// Six queues in one database and one in memory, of five states each, once both processes have read all of them.
    pub(crate) const ALL: [usize; 2] = [30, 5];

    fn of(queries: &Queries) -> Self {
        let rule = "job_queue_state:job_queue_depth:all";
        let mut recordings = asked::recordings().into_iter();
        let recorded = recordings.find(|one| one.place == rule).unwrap().expression;
        let (by, on) = ("by (job, queue, state)", "on (job, queue, state)");
        let (both, own) = (
            r#"job_queue_depth{queue!="live"}"#,
            r#"job_queue_depth{queue="live"}"#,
        );
        let (max, sum) = (format!("max {by} ({both})"), format!("sum {by} ({own})"));
        let count = |expression: String| queries.instant(&expression).unwrap().len();
        let same = |as_this: &str, of: &str| {
            let two = format!("(count {by} ({of}) == 2)");
            count(format!("(({recorded}) == {on} {as_this}) and {on} {two}"))
        };
        Self {
            shared: same(&max, both),
            twice: count(format!("sum {by} ({both}) > {max}")),
            local: same(&sum, own),
            wrong: count(format!("({recorded}) != {on} ({max} or {sum})")),
        }
    }

    /// Once both have been read by both: a reading that took too long is absent until the next.
    fn settled(queries: &Queries) -> Self {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let depths = Self::of(queries);
            if [depths.shared, depths.local] == Self::ALL || Instant::now() > deadline {
                return depths;
            }
            thread::sleep(Duration::from_millis(300));
        }
    }
}

/// In such a hurry, and with what Grafana would fill in.
pub(crate) fn expression(asked: &str, hurry: u32) -> String {
    let window = Window::new(LOOK, Duration::from_secs(1));
    Hurry::by(hurry).unwrap().expression(&window.fill(asked))
}

/// Notes that one of the neighbours has failed for two hours, as an earlier run of the server would have.
async fn failing_for_long(data: &Path) {
    let file = format!("sqlite:{}", data.join("fediverse.db").display());
    let pool = sqlx::SqlitePool::connect(&file).await.unwrap();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    sqlx::query("INSERT INTO failing (server, since) VALUES ('127.0.0.1:1', ?)")
        .bind(i64::try_from(now.as_secs()).unwrap() - 7200)
        .execute(&pool)
        .await
        .unwrap();
    pool.close().await;
}

impl Seen {
    pub(crate) fn gather() -> Self {
        let (over, first_run) = channel();
        let beside = thread::spawn(move || limits::gather(&first_run));
        let mut seen = Self::gather_here();
        drop(over);
        seen.blind.extend(beside.join().unwrap());
        seen
    }

    fn gather_here() -> Self {
        let (runtime, data) = (Runtime::new().unwrap(), process::folder());
        // Two processes on the same data: one answers people, the other one does so and works the queues off.
        let beside = Process::start(data.path(), "web", None);
        runtime.block_on(failing_for_long(data.path()));
        let options = Options {
            scrape: Some(Duration::from_secs(1)),
            data: Some(data.path().to_owned()),
            beside: vec![beside.address],
            ..Options::default()
        };
        let stack = runtime.block_on(Stack::start(&options)).unwrap();
        let busy = {
            let _runtime = runtime.enter();
            stack.server.as_ref().unwrap().hear_a_busy_neighbour()
        };
        thread::sleep(TRAFFIC);

        let mut seen = Self::default();
        for (name, queries) in &engines(&stack) {
            seen.all_is_well(name, queries);
        }
        let mut world = World {
            runtime,
            stack,
            beside,
            data: data.path().to_owned(),
            going_on: Vec::new(),
        };
        for fault in &faults::ALL {
            seen.blind.extend(fault.inject(&mut world));
        }
        drop(busy);
        world.runtime.shutdown_background();
        seen
    }

    fn all_is_well(&mut self, engine: &str, queries: &Queries) {
        let may_be_empty: Vec<_> = woken().collect();
        let panels = asked::panels()
            .into_iter()
            .filter(|asked| !starts(&asked.place, &may_be_empty));
        let must = panels.chain(asked::recordings()).chain(asked::selectors());
        for asked in must {
            self.ask(engine, queries, &asked, true);
        }
        for asked in asked::alerts() {
            self.ask(engine, queries, &asked, AWAKE.contains(&&*asked.place));
        }
        self.ask(engine, queries, &asked::of_the_guide(), false);
        self.depths.push(Depths::settled(queries));
        self.instances
            .push(queries.instant("up == 1").unwrap().len());
    }

    fn ask(&mut self, engine: &str, queries: &Queries, asked: &Asked, must: bool) {
        // The catalogue is held against what is named by a test of its own.
        if !promql::named(&asked.expression)
            .metrics
            .iter()
            .all(|(name, _)| known(name))
        {
            return;
        }
        self.asked += 1;
        let expression = expression(&asked.expression, World::HURRY);
        let place = format!("{engine}: {}\n  {expression}", asked.place);
        match queries.range(&expression, LOOK, Duration::from_secs(2)) {
            Err(error) => self.refused.push(format!("{place}\n  {error:#}")),
            Ok(series) => {
                let some = series
                    .iter()
                    .flat_map(|one| &one.values)
                    .any(|(_, value)| value != "NaN");
                if must && !some {
                    self.empty.push(place);
                }
            }
        }
    }
}
