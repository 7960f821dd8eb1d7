//! A fault in the running stack ends as the right alert, with the right severity, and no other of that severity.

#![allow(clippy::unwrap_used, reason = "a test may")]

use std::time::{Duration, Instant};

use stack::{Hurry, Options, Stack};

/// Longer than a slow machine needs; nobody else waits.
const PATIENCE: Duration = Duration::from_secs(120);

async fn until(what: &str, mut is_so: impl FnMut() -> anyhow::Result<bool>) {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let last = is_so();
        if matches!(last, Ok(true)) {
            return;
        }
        assert!(Instant::now() < deadline, "{what}: {last:?}");
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
}

fn critical(stack: &Stack) -> Vec<String> {
    let alerts = stack.alerts().unwrap();
    let critical = alerts
        .into_iter()
        .filter(|(_, severity)| severity == "critical");
    critical.map(|(name, _)| name).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_gone_is_the_one_critical_alert() {
    let options = Options {
        hurry: Hurry::by(60).unwrap(),
        ..Options::default()
    };
    let mut stack = Stack::start(&options).await.unwrap();
    let (prometheus, victoria_metrics) = (stack.prometheus(), stack.victoria_metrics());
    until("both scrape", || {
        let up = |queries: &stack::Queries| {
            Ok::<_, anyhow::Error>(!queries.instant("up == 1")?.is_empty())
        };
        Ok(up(&prometheus)? && up(&victoria_metrics)?)
    })
    .await;
    assert_eq!(critical(&stack), [""; 0], "nothing has happened yet");

    stack.kill_server();
    until("the alert arrives", || Ok(!critical(&stack).is_empty())).await;
    assert_eq!(critical(&stack), ["ServerDown"]);
}
