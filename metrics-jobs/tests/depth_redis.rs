//! The depth of queues in a real Redis: a list, a stream with a group, a sorted set.

#![cfg(feature = "redis-1")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may")]

use std::time::{Duration, SystemTime};

use fedimetrics_core::Reason;
use fedimetrics_jobs::Depth;
use fedimetrics_jobs::depth::{Score, redis_list, redis_sorted_set, redis_stream};
use fedimetrics_services::Redis;
use redis::aio::MultiplexedConnection;

async fn connect(server: &Redis) -> MultiplexedConnection {
    let client = redis::Client::open(server.url()).unwrap();
    client.get_multiplexed_async_connection().await.unwrap()
}

/// One command, in words.
async fn run(connection: &mut MultiplexedConnection, command: &str) -> redis::Value {
    let mut words = command.split(' ');
    let mut cmd = redis::cmd(words.next().unwrap());
    words.for_each(|word| {
        cmd.arg(word);
    });
    cmd.query_async(connection).await.unwrap()
}

fn unix() -> f64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    since.unwrap().as_secs_f64()
}

#[tokio::test]
async fn a_list_tells_its_length_and_no_age() {
    let server = Redis::start();
    let mut redis = connect(&server).await;
    let mut read = redis_list(&redis, "mail", Some("mail:taken"));
    assert_eq!(read().await.unwrap(), Depth::default(), "no list is empty");
    run(&mut redis, "RPUSH mail a b c").await;
    run(&mut redis, "LMOVE mail mail:taken LEFT RIGHT").await;
    let depth = read().await.unwrap();
    assert_eq!((depth.ready, depth.running), (2, 1));
    assert_eq!(depth.oldest_ready_age, None);
    let alone = redis_list(&redis, "mail", None)().await.unwrap();
    assert_eq!((alone.ready, alone.running), (2, 0));
    run(&mut redis, "SET mail x").await;
    assert_eq!(
        redis_list(&redis, "mail", None)()
            .await
            .unwrap_err()
            .reason(),
        Reason::Db
    );
    drop(server);
    assert_eq!(read().await.unwrap_err().reason(), Reason::Db);
}

#[tokio::test]
async fn a_stream_tells_what_its_group_has_not_seen_and_not_done() {
    let server = Redis::start();
    let mut redis = connect(&server).await;
    let mut read = redis_stream(&redis, "inbox", "workers");
    assert!(read().await.is_err(), "no stream");
    run(&mut redis, "XGROUP CREATE inbox others 0 MKSTREAM").await;
    assert!(read().await.is_err(), "no such group");
    run(&mut redis, "XGROUP CREATE inbox workers 0").await;
    assert_eq!(read().await.unwrap(), Depth::default());

    let ago = ((unix() - 90.0) * 1000.0) as u64;
    for n in 0..5 {
        run(
            &mut redis,
            &format!("XADD inbox {}-0 n {n}", ago + n * 10_000),
        )
        .await;
    }
    let depth = read().await.unwrap();
    assert_eq!((depth.ready, depth.running), (5, 0));
    let age = depth.oldest_ready_age.unwrap();
    assert!((90..120).contains(&age.as_secs()), "{age:?}");

    run(
        &mut redis,
        "XREADGROUP GROUP workers one COUNT 2 STREAMS inbox >",
    )
    .await;
    let depth = read().await.unwrap();
    assert_eq!((depth.ready, depth.running), (3, 2));
    let age = depth.oldest_ready_age.unwrap();
    assert!((70..100).contains(&age.as_secs()), "{age:?}");
    let others = redis_stream(&redis, "inbox", "others")().await.unwrap();
    assert_eq!((others.ready, others.running), (5, 0));

    // One that nobody has seen is deleted: Redis does not know the lag any more.
    run(&mut redis, &format!("XACK inbox workers {ago}-0")).await;
    run(
        &mut redis,
        &format!("XDEL inbox {ago}-0 {}-0", ago + 30_000),
    )
    .await;
    let depth = read().await.unwrap();
    assert_eq!((depth.ready, depth.running), (2, 1));
    run(
        &mut redis,
        "XREADGROUP GROUP workers one COUNT 9 STREAMS inbox >",
    )
    .await;
    let depth = read().await.unwrap();
    assert_eq!(
        (depth.ready, depth.running, depth.oldest_ready_age),
        (0, 3, None)
    );
}

#[tokio::test]
async fn a_sorted_set_tells_what_is_due_and_what_is_not() {
    let server = Redis::start();
    let mut redis = connect(&server).await;
    let now = unix();
    for (key, unit, score) in [
        ("s", 1.0, Score::Seconds),
        ("ms", 1000.0, Score::Milliseconds),
    ] {
        let mut read = redis_sorted_set(&redis, key, score);
        assert_eq!(read().await.unwrap(), Depth::default());
        run(
            &mut redis,
            &format!("ZADD {key} {} later +inf never", (now + 300.0) * unit),
        )
        .await;
        let depth = read().await.unwrap();
        assert_eq!((depth.ready, depth.scheduled), (0, 2));
        assert_eq!(depth.oldest_ready_age, None);
        run(
            &mut redis,
            &format!(
                "ZADD {key} {} due {} older",
                (now - 5.0) * unit,
                (now - 40.0) * unit
            ),
        )
        .await;
        let depth = read().await.unwrap();
        assert_eq!((depth.ready, depth.scheduled), (2, 2));
        let age = depth.oldest_ready_age.unwrap();
        assert!(
            (Duration::from_secs(40)..Duration::from_secs(80)).contains(&age),
            "{age:?}"
        );
    }
}
