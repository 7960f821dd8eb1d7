//! Faults that are made to happen, and what a restart and a second process find.
#![allow(clippy::unwrap_used, reason = "tests may unwrap")]

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use fedimetrics_core::Reason;
use fediverse::{
    Options, Running,
    federation::delivery::deliver,
    jobs::{cleanup::cleanup, mail::mail},
    neighbours::Manner,
};
use reqwest::{Client, StatusCode};
use serde_json::json;

const DEADLINE: Duration = Duration::from_secs(60);

async fn start(options: Options) -> Running {
    let listen = ([127, 0, 0, 1], 0).into();
    let visitors = false;
    fediverse::start(Options {
        listen,
        visitors,
        ..options
    })
    .await
    .unwrap()
}

async fn post(running: &Running) {
    let client = Client::builder().no_proxy().tls_certs_only([]);
    let request = client
        .build()
        .unwrap()
        .post(format!("http://{}/api/v1/statuses", running.address));
    let response = request.json(&json!({ "status": "hello" })).send().await;
    assert_eq!(response.unwrap().status(), StatusCode::OK);
}

/// Why a delivery to a server of that manner fails, if it does.
async fn fails(running: &Running, manner: Manner) -> Option<Reason> {
    let neighbour = running.neighbours.as_ref().unwrap().get(manner).unwrap();
    let (user, body) = (running.app.user("alice").unwrap(), Arc::from(*b"{}"));
    let sent = deliver(&running.app, user, &neighbour.inbox(), &body).await;
    sent.err().map(|error| Reason::classify(&error))
}

#[tokio::test]
async fn what_is_broken_on_purpose_fails_as_it_does_by_itself() {
    let running = start(Options::default()).await;
    assert_eq!(fails(&running, Manner::Small).await, None);
    running.break_dns();
    let why = fails(&running, Manner::Small).await;
    assert_eq!(why, Some(Reason::DnsTemporary));
    running.mend_dns();
    assert_eq!(fails(&running, Manner::Small).await, None);

    running.good_neighbours_leave();
    let why = fails(&running, Manner::Small).await;
    assert_eq!(why, Some(Reason::http(410)));
    running.good_neighbours_return();
    assert_eq!(fails(&running, Manner::Small).await, None);

    running.spend_budget();
    let why = fails(&running, Manner::Small).await;
    assert_eq!(why, Some(Reason::Other), "nobody gave it one");
    running.renew_budget();
    assert_eq!(fails(&running, Manner::Small).await, None);

    running.kill_good_neighbours();
    for manner in [Manner::Small, Manner::Well, Manner::Secure] {
        let since = Instant::now();
        // What is connected is closed a moment later.
        while fails(&running, manner).await != Some(Reason::Econnrefused) {
            assert!(since.elapsed() < DEADLINE, "{manner:?}");
        }
    }
    running.shutdown().await;
}

#[tokio::test]
async fn a_process_without_workers_leaves_its_jobs_to_another() {
    let data = tempfile::tempdir().unwrap();
    let options = Options {
        data: Some(data.path().to_owned()),
        ..Options::default()
    };
    let works = start(options.clone()).await;
    let answers = start(Options {
        workers: false,
        neighbours: false,
        ..options
    })
    .await;
    post(&answers).await;
    let good = works.neighbours.as_ref().unwrap().get(Manner::Small);
    tokio::time::timeout(DEADLINE, good.unwrap().has_accepted(1))
        .await
        .unwrap();
    answers.shutdown().await;
    works.shutdown().await;
}

#[tokio::test]
async fn who_fails_is_kept_for_after_a_restart() {
    let running = start(Options::default()).await;
    post(&running).await;
    let since = Instant::now();
    loop {
        cleanup(&running.app).await.unwrap();
        let kept: Vec<String> = sqlx::query_scalar("SELECT server FROM failing")
            .fetch_all(&running.app.pool)
            .await
            .unwrap();
        // Where nobody listens.
        if kept.iter().any(|server| server == "127.0.0.1:1") {
            break;
        }
        assert!(since.elapsed() < DEADLINE, "{kept:?}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    running.shutdown().await;
}

#[tokio::test]
async fn a_mail_server_that_says_nothing_keeps_a_letter_until_it_goes_on() {
    let running = start(Options {
        neighbours: false,
        ..Options::default()
    })
    .await;
    running.silence_mail();
    let app = Arc::clone(&running.app);
    let letter = tokio::spawn(async move { mail(&app, "alice", "hello").await });
    let since = Instant::now();
    while running.mail.waiting() == 0 {
        assert!(since.elapsed() < DEADLINE);
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(!letter.is_finished());
    running.mend_mail();
    let handed_over = tokio::time::timeout(DEADLINE, letter).await;
    handed_over.unwrap().unwrap().unwrap();
    running.shutdown().await;
}
