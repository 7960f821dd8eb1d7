//! A worker that is killed in the middle of its deliveries, and one that takes its place: real processes, a real file.

#![cfg(all(feature = "sqlx-0-9", feature = "probe"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may")]
#![allow(clippy::print_stdout, reason = "that is how the worker is scraped")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use apalis::prelude::*;
use apalis_sqlite::{Config, SqlitePool, SqliteStorage};
use fedimetrics_core::Exporter;
use fedimetrics_core::testing::Scrape;
use fedimetrics_jobs::{Attempt, Job, Purpose, Queue, depth};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

const JOBS: usize = 6;
const SLOTS: usize = 4;
const END: &str = "# that was all";

static DELIVER: Job = Job::delivery("deliver", "deliver");
static OUTBOX: Queue = Queue::new("deliver", Purpose::FederationOut)
    .concurrency(SLOTS as u32)
    .probed_every(Duration::from_secs(1));

fn storage(pool: &SqlitePool) -> SqliteStorage<String> {
    let config = Config::default()
        .queue("deliver")
        .batch_size(SLOTS)
        .heartbeat_interval(Duration::from_secs(1))
        .missed_heartbeats(2);
    SqliteStorage::new(pool).with_config(config)
}

/// An inbox answers with one byte, sooner or later.
async fn deliver(address: String) -> Result<(), std::io::Error> {
    let to = address.clone();
    let run = async move {
        let mut inbox = tokio::net::TcpStream::connect(&address).await?;
        inbox.write_all(b"x").await?;
        inbox.read_u8().await.map(|_| ())
    };
    DELIVER.attempt(Attempt::number(1)).to(&to).run(run).await
}

/// What the other test starts as a process: it prints what a scrape would read for each line that it is sent. As a test
/// of its own it has nothing to do.
#[test]
fn the_worker() {
    let (Ok(path), Ok(life)) = (std::env::var("KILLED_TABLE"), std::env::var("KILLED_LIFE")) else {
        return;
    };
    let exporter = Exporter::builder()
        .watch(&DELIVER)
        .watch(&OUTBOX)
        .install()
        .unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let _entered = runtime.enter();
    let pool = runtime.block_on(SqlitePool::connect(&path)).unwrap();
    let limit = Duration::from_secs(5);
    runtime.spawn(OUTBOX.probe(limit, depth::apalis(&pool, "deliver")));
    if life != "idle" {
        let worker = WorkerBuilder::new(&*life)
            .backend(storage(&pool))
            .concurrency(SLOTS)
            .build(deliver);
        runtime.spawn(worker.run());
    }
    for _ in std::io::stdin().lines() {
        println!("{}{END}", exporter.render());
    }
}

struct Worker {
    process: Child,
    asks: ChildStdin,
    says: BufReader<ChildStdout>,
}

impl Worker {
    fn start(table: &Path, life: &str) -> Self {
        let mut process = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "the_worker", "--nocapture"])
            .env("KILLED_TABLE", format!("sqlite://{}", table.display()))
            .env("KILLED_LIFE", life)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        Self {
            asks: process.stdin.take().unwrap(),
            says: BufReader::new(process.stdout.take().unwrap()),
            process,
        }
    }

    fn scrape(&mut self) -> Scrape {
        self.asks.write_all(b"\n").unwrap();
        let mut text = String::new();
        loop {
            let mut line = String::new();
            assert!(self.says.read_line(&mut line).unwrap() > 0, "it ended");
            if line.starts_with(END) {
                return Scrape::parse(&text);
            }
            // The test harness speaks first.
            if line.starts_with('#') || line.contains(['{', '_']) {
                text += &line;
            }
        }
    }

    /// Scrapes until it is so.
    fn until(&mut self, what: &str, so: impl Fn(&Scrape) -> bool) -> Scrape {
        let began = Instant::now();
        loop {
            let scrape = self.scrape();
            if so(&scrape) {
                return scrape;
            }
            assert!(began.elapsed() < Duration::from_secs(60), "never {what}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// SIGKILL: no destructor runs.
    fn kill(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

fn in_state(scrape: &Scrape, state: &str) -> Option<f64> {
    scrape.value("job_queue_depth", &[("state", state)])
}

fn under_way(scrape: &Scrape) -> [Option<f64>; 2] {
    let running = scrape.value("job_longest_running_seconds", &[]);
    [scrape.value("job_in_flight", &[]), running]
}

fn accept(inboxes: &TcpListener) -> TcpStream {
    let (mut stream, _) = inboxes.accept().unwrap();
    let mut asked = [0];
    stream.read_exact(&mut asked).unwrap();
    stream
}

#[test]
fn after_a_kill_no_gauge_is_stuck_and_the_depth_is_the_tables() {
    let folder = tempfile::tempdir().unwrap();
    let table = folder.path().join("jobs.sqlite");
    let inboxes = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = inboxes.local_addr().unwrap().to_string();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let url = format!("sqlite://{}?mode=rwc", table.display());
        let pool = SqlitePool::connect(&url).await.unwrap();
        SqliteStorage::setup(&pool).await.unwrap();
        for _ in 0..JOBS {
            storage(&pool).push(address.clone()).await.unwrap();
        }
        pool.close().await;
    });

    let mut first = Worker::start(&table, "first");
    let hanging: Vec<_> = (0..SLOTS).map(|_| accept(&inboxes)).collect();
    let scrape = first.until("running", |scrape| in_state(scrape, "running") == Some(4.0));
    assert_eq!(under_way(&scrape)[0], Some(4.0));
    first.kill();
    drop(hanging);

    // Nobody works: what is shown can only come from the table.
    let mut idle = Worker::start(&table, "idle");
    let scrape = idle.until("read", |scrape| in_state(scrape, "ready").is_some());
    assert_eq!(under_way(&scrape), [Some(0.0); 2], "nothing is stuck");
    assert_eq!(in_state(&scrape, "running"), Some(4.0), "as the table says");
    assert_eq!(in_state(&scrape, "ready"), Some(2.0));
    assert_eq!(scrape.value("job_started_total", &[]), Some(0.0));
    idle.kill();

    // The next one takes over what the dead one left, once its heartbeat is missed.
    let mut second = Worker::start(&table, "second");
    for _ in 0..JOBS {
        accept(&inboxes).write_all(b"y").unwrap();
    }
    let empty = |scrape: &Scrape| {
        ["ready", "scheduled", "retrying", "running", "dead"]
            .iter()
            .all(|state| in_state(scrape, state) == Some(0.0))
    };
    let scrape = second.until("empty", empty);
    assert_eq!(under_way(&scrape), [Some(0.0); 2]);
    let delivered = scrape.value("delivery_attempts_total", &[("outcome", "success")]);
    assert_eq!(delivered, Some(JOBS as f64), "each of them once");
    assert_eq!(
        scrape.value("delivery_targets", &[("state", "ok")]),
        Some(1.0)
    );
    second.kill();
}
