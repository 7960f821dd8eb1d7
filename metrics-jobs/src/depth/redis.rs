//! A Redis list, stream or sorted set, each read in one or two round trips.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use fedimetrics_core::{Because, Reason};
use redis::aio::ConnectionLike;
use redis::{FromRedisValue, RedisError, RedisResult, Value};

use super::Reading;
use crate::readings::Depth;

/// What a sorted set's scores count, as Unix time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Score {
    /// Seconds, with or without a fraction.
    Seconds,
    /// Milliseconds.
    Milliseconds,
}

/// Reads a list that jobs are pushed to: its length is what is ready. For how long is not in a list, so the oldest
/// age is absent unless it is empty. `processing` is the list that workers move to what they take (`LMOVE`), if they do.
///
/// Give it a connection that connects anew by itself, such as `redis::aio::ConnectionManager`.
///
/// # Examples
///
/// ```
/// # use std::time::Duration;
/// use fedimetrics_jobs::{Purpose, Queue, depth};
///
/// static MAIL: Queue = Queue::new("mail", Purpose::Mail).probed_every(Duration::from_secs(30));
///
/// # async fn serve(connection: redis::aio::MultiplexedConnection) -> Result<(), Box<dyn std::error::Error>> {
/// let mut read = depth::redis_list(&connection, "queue:mail", Some("queue:mail:taken"));
/// MAIL.report(Some(read().await?), Duration::ZERO);
/// # Ok(())
/// # }
/// ```
pub fn redis_list<C>(
    connection: &C,
    key: &str,
    processing: Option<&str>,
) -> impl FnMut() -> Reading + Send + use<C>
where
    C: ConnectionLike + Clone + Send + Sync + 'static,
{
    let keys: Arc<[Box<str>]> = [Some(key), processing]
        .into_iter()
        .flatten()
        .map(Box::from)
        .collect();
    reading(connection, move |connection| list(connection, keys.clone()))
}

/// Reads a stream with a consumer group: *ready* is what the group has not delivered to any of its consumers yet, the
/// group's lag, and *running* what they have not acknowledged. The age of the oldest is in its id, which has to be
/// made by Redis (`XADD … *`).
///
/// Where entries are deleted in the middle, Redis does not know the lag; then what is ready is the stream's length less
/// what is running, which holds if what is done is deleted.
///
/// Without that group, there is no reading. For the connection see [`redis_list`].
///
/// # Examples
///
/// ```
/// # use std::time::Duration;
/// # use fedimetrics_jobs::{Purpose, Queue, depth};
/// # static INBOX: Queue = Queue::new("inbox", Purpose::FederationIn).probed_every(Duration::from_secs(30));
/// # async fn serve(connection: redis::aio::MultiplexedConnection) -> Result<(), Box<dyn std::error::Error>> {
/// let mut read = depth::redis_stream(&connection, "inbox", "workers");
/// INBOX.report(Some(read().await?), Duration::ZERO);
/// # Ok(())
/// # }
/// ```
pub fn redis_stream<C>(
    connection: &C,
    key: &str,
    group: &str,
) -> impl FnMut() -> Reading + Send + use<C>
where
    C: ConnectionLike + Clone + Send + Sync + 'static,
{
    let (key, group): (Arc<str>, Arc<str>) = (key.into(), group.into());
    reading(connection, move |connection| {
        stream(connection, key.clone(), group.clone())
    })
}

/// Reads a sorted set whose scores say when each job's time comes, as of Sidekiq's kind: what is due is *ready*, the
/// rest *scheduled*. For the connection see [`redis_list`].
///
/// # Examples
///
/// ```
/// # use std::time::Duration;
/// # use fedimetrics_jobs::{Depth, Purpose, Queue, depth};
/// # use fedimetrics_jobs::depth::Score;
/// # static RETRIES: Queue = Queue::new("retry", Purpose::FederationOut).probed_every(Duration::from_secs(30));
/// # async fn serve(connection: redis::aio::MultiplexedConnection) -> Result<(), Box<dyn std::error::Error>> {
/// let mut read = depth::redis_sorted_set(&connection, "retry", Score::Seconds);
/// let depth = read().await?;
/// // All that is in here has failed before.
/// RETRIES.report(Some(Depth { retrying: depth.scheduled, scheduled: 0, ..depth }), Duration::ZERO);
/// # Ok(())
/// # }
/// ```
pub fn redis_sorted_set<C>(
    connection: &C,
    key: &str,
    score: Score,
) -> impl FnMut() -> Reading + Send + use<C>
where
    C: ConnectionLike + Clone + Send + Sync + 'static,
{
    let key: Arc<str> = key.into();
    reading(connection, move |connection| {
        sorted_set(connection, key.clone(), score)
    })
}

fn reading<C, R, F>(connection: &C, read: R) -> impl FnMut() -> Reading + Send + use<C, R, F>
where
    C: ConnectionLike + Clone + Send + Sync + 'static,
    R: Fn(C) -> F + Send,
    F: Future<Output = RedisResult<Depth>> + Send + 'static,
{
    let connection = connection.clone();
    move || {
        let read = read(connection.clone());
        Box::pin(async move { read.await.map_err(db) })
    }
}

fn db(error: RedisError) -> Because {
    Reason::Db.because(error)
}

async fn list<C: ConnectionLike>(mut connection: C, keys: Arc<[Box<str>]>) -> RedisResult<Depth> {
    let mut pipe = redis::pipe();
    for key in keys.iter() {
        pipe.cmd("LLEN").arg(&**key);
    }
    let lengths: Vec<u64> = pipe.query_async(&mut connection).await?;
    Ok(Depth {
        ready: lengths.first().copied().unwrap_or_default(),
        running: lengths.get(1).copied().unwrap_or_default(),
        ..Depth::default()
    })
}

async fn stream<C: ConnectionLike>(
    mut connection: C,
    key: Arc<str>,
    group: Arc<str>,
) -> RedisResult<Depth> {
    let groups: Vec<HashMap<String, Value>> = redis::cmd("XINFO")
        .arg("GROUPS")
        .arg(&*key)
        .query_async(&mut connection)
        .await?;
    let named = |fields: &HashMap<String, Value>| field::<String>(fields, "name");
    let fields = groups
        .iter()
        .find(|fields| named(fields).as_deref() == Some(&*group))
        .ok_or_else(|| {
            RedisError::from((redis::ErrorKind::UnexpectedReturnType, "no such group"))
        })?;
    let running = field::<u64>(fields, "pending").unwrap_or_default();
    let delivered: String = field(fields, "last-delivered-id").unwrap_or_default();
    let mut pipe = redis::pipe();
    pipe.cmd("TIME").cmd("XLEN").arg(&*key);
    pipe.cmd("XRANGE").arg(&*key).arg(format!("({delivered}"));
    pipe.arg("+").arg("COUNT").arg(1);
    let (time, length, next): ((u64, u64), u64, Vec<(String, Value)>) =
        pipe.query_async(&mut connection).await?;
    let ready = match (
        next.is_empty(),
        field::<Option<u64>>(fields, "lag").flatten(),
    ) {
        (true, _) => 0,
        (false, Some(lag)) => lag.max(1),
        (false, None) => length.saturating_sub(running).max(1),
    };
    let now = time.0.saturating_mul(1000).saturating_add(time.1 / 1000);
    let added = next
        .first()
        .and_then(|(id, _)| id.split('-').next()?.parse().ok());
    Ok(Depth {
        ready,
        running,
        oldest_ready_age: added.map(|added: u64| Duration::from_millis(now.saturating_sub(added))),
        ..Depth::default()
    })
}

async fn sorted_set<C: ConnectionLike>(
    mut connection: C,
    key: Arc<str>,
    score: Score,
) -> RedisResult<Depth> {
    let unix = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    let now = match score {
        Score::Seconds => unix.as_secs_f64(),
        Score::Milliseconds => unix.as_secs_f64() * 1000.0,
    };
    let mut pipe = redis::pipe();
    pipe.atomic();
    pipe.cmd("ZCARD").arg(&*key);
    pipe.cmd("ZCOUNT").arg(&*key).arg("-inf").arg(now);
    pipe.cmd("ZRANGE")
        .arg(&*key)
        .arg(0)
        .arg(0)
        .arg("WITHSCORES");
    let (all, ready, first): (u64, u64, Vec<(Value, f64)>) =
        pipe.query_async(&mut connection).await?;
    let ago = first.first().map(|(_, due)| match score {
        Score::Seconds => now - due,
        Score::Milliseconds => (now - due) / 1000.0,
    });
    // Scores are whatever somebody put there: infinite ones have no age.
    let age = ago.and_then(|ago| Duration::try_from_secs_f64(ago.max(0.0)).ok());
    Ok(Depth {
        ready,
        scheduled: all.saturating_sub(ready),
        oldest_ready_age: age.filter(|_| ready > 0),
        ..Depth::default()
    })
}

/// What cannot be read is not there.
fn field<T: FromRedisValue>(fields: &HashMap<String, Value>, name: &str) -> Option<T> {
    redis::from_redis_value(fields.get(name)?.clone()).ok()
}
