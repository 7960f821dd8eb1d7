//! A fault in the running stack ends as the right alert, with the right severity, and no other of that severity.

#![allow(clippy::unwrap_used, reason = "a test may")]

mod process;

use std::time::{Duration, Instant};

use fediverse::token::Token;
use process::Process;
use stack::{Hurry, Options, Queries, Stack};
use tempfile::TempDir;

/// Longer than a slow machine needs; nobody else waits.
const PATIENCE: Duration = Duration::from_secs(120);

/// Five evaluations of all rules.
const ALONE: Duration = Duration::from_secs(5);

fn until(what: &str, mut is_so: impl FnMut() -> anyhow::Result<bool>) {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let last = is_so();
        if matches!(last, Ok(true)) {
            return;
        }
        assert!(Instant::now() < deadline, "{what}: {last:?}");
        std::thread::sleep(Duration::from_millis(300));
    }
}

/// The rules wait a minute for an hour.
const MINUTE: u32 = 60;

fn in_a_hurry(times: u32) -> Options {
    Options {
        hurry: Hurry::by(times).unwrap(),
        ..Options::default()
    }
}

/// The alerts of this severity that have arrived.
fn alerts(stack: &Stack, severity: &str) -> Vec<String> {
    let alerts = stack.alerts().unwrap().into_iter();
    let of_it = alerts.filter(|(_, its)| its == severity);
    of_it.map(|(name, _)| name).collect()
}

/// Waits until both scrape.
fn both_scrape(stack: &Stack) {
    let (prometheus, victoria_metrics) = (stack.prometheus(), stack.victoria_metrics());
    until("both scrape", || {
        let up =
            |queries: &Queries| Ok::<_, anyhow::Error>(!queries.instant("up == 1")?.is_empty());
        Ok(up(&prometheus)? && up(&victoria_metrics)?)
    });
}

/// Waits until an alert of this severity arrives: it is that one, and stays alone.
fn ends_as(stack: &Stack, severity: &str, alert: &str) {
    until(alert, || Ok(!alerts(stack, severity).is_empty()));
    let since = Instant::now();
    while since.elapsed() < ALONE {
        assert_eq!(alerts(stack, severity), [alert]);
        std::thread::sleep(Duration::from_millis(300));
    }
}

/// A server that nobody asks for anything, in a process of its own, and all that watches it. What happens to it is what the test
/// does.
struct Alone {
    stack: Stack,
    process: Process,
    data: TempDir,
}

impl Alone {
    fn start(times: u32) -> Self {
        let data = process::folder();
        let process = Process::start(data.path(), "alone", None);
        let token = Token::create(data.path()).unwrap();
        let stack = Stack::around(process.address, &token, &in_a_hurry(times)).unwrap();
        both_scrape(&stack);
        for severity in ["critical", "warning", "info"] {
            assert_eq!(
                alerts(&stack, severity),
                [""; 0],
                "nothing has happened yet"
            );
        }
        Self {
            stack,
            process,
            data,
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_gone_is_the_one_critical_alert() {
    let mut stack = Stack::start(&in_a_hurry(MINUTE)).await.unwrap();
    both_scrape(&stack);
    assert_eq!(
        alerts(&stack, "critical"),
        [""; 0],
        "nothing has happened yet"
    );

    stack.kill_server();
    ends_as(&stack, "critical", "ServerDown");
}

#[test]
fn a_server_that_starts_again_and_again_is_the_one_critical_alert() {
    let mut alone = Alone::start(MINUTE);
    let prometheus = alone.stack.prometheus();
    for times in 1..=3 {
        alone.process.restart(alone.data.path(), "alone");
        let seen = format!("changes(process_start_time_seconds[1m]) == {times}");
        until(&seen, || Ok(!prometheus.instant(&seen)?.is_empty()));
    }
    ends_as(&alone.stack, "critical", "RestartLoop");
}

#[test]
fn a_runtime_that_is_stalled_is_the_one_critical_alert() {
    // Five minutes, of which the alert looks at half of all delays, are then as long as a few delays.
    let mut alone = Alone::start(MINUTE / 3);
    alone.process.begin("stall");
    ends_as(&alone.stack, "critical", "RuntimeStalled");
}

#[test]
fn a_pool_that_is_exhausted_is_the_one_warning() {
    let mut alone = Alone::start(MINUTE);
    alone.process.begin("crowd");
    ends_as(&alone.stack, "warning", "PoolExhausted");
    assert_eq!(
        alerts(&alone.stack, "critical"),
        [""; 0],
        "it can wait until morning"
    );
}

#[test]
fn a_restart_is_the_one_light_and_wakes_nobody() {
    let mut alone = Alone::start(MINUTE);
    alone.process.restart(alone.data.path(), "alone");
    ends_as(&alone.stack, "info", "Restarted");
    for severity in ["critical", "warning"] {
        assert_eq!(alerts(&alone.stack, severity), [""; 0]);
    }
}
