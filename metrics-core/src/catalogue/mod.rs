//! Core's own metrics, as they will be read.

mod cgroup;
mod exporter;
mod instance;
mod memory;
mod pool;
mod pressure;
mod probe;
mod process;
mod service;
mod stage;
mod storage;
mod tokio;
mod tokio_unstable;

pub(crate) use cgroup::*;
pub(crate) use exporter::*;
pub(crate) use instance::*;
pub(crate) use memory::*;
pub(crate) use pool::*;
pub(crate) use pressure::*;
pub(crate) use probe::*;
pub(crate) use process::*;
pub(crate) use service::*;
pub(crate) use stage::*;
pub(crate) use storage::*;
pub(crate) use tokio::*;
pub(crate) use tokio_unstable::*;

use crate::metric::Metric;

/// The roles that a process of a server can have.
pub(crate) const ROLES: &[&str] = &["web", "worker", "all"];

/// What a scrape can be answered with.
pub(crate) const CODES: &[&str] = &["200", "401", "403", "404", "405", "503"];

/// What can become of a push.
pub(crate) const PUSHED: &[&str] = &["ok", "failed", "refused"];

/// Why lines of foreign text are left out.
pub(crate) const LEFT_OUT: &[&str; 4] = &["taken", "malformed", "duplicate", "cap"];

/// What memory holds, and where it went.
pub(crate) const KINDS: &[&str; 4] = &["anon", "file", "shmem", "swap"];

/// Which way bytes go.
pub(crate) const DIRECTIONS: &[&str; 2] = &["read", "write"];

/// What pressure is measured of.
pub(crate) const RESOURCES: &[&str; 3] = &["cpu", "io", "memory"];

/// Whose pressure it is.
pub(crate) const SCOPES: &[&str; 2] = &["cgroup", "host"];

/// The states of memory that an allocator knows.
pub(crate) const STATES: &[&str; 5] = &["allocated", "active", "resident", "mapped", "retained"];

/// Where a runtime runs things: on its workers, and on the threads for what blocks.
pub(crate) const POOLS: &[&str; 2] = &["async", "blocking"];

/// What threads of the blocking pool can be.
pub(crate) const THREADS_STATES: &[&str; 2] = &["busy", "idle"];

/// What connections of a pool can be.
pub(crate) const POOL_STATES: &[&str; 2] = &["idle", "used"];

/// Every metric of this crate.
pub static ALL: &[&Metric] = &[
    &SERIES,
    &OVERFLOW,
    &FOREIGN_LEFT_OUT,
    &COLLECTOR_SUCCESS,
    &COLLECTOR_DURATION,
    &SCRAPES,
    &SCRAPE_DURATION,
    &PUSHES,
    &CPU,
    &RESIDENT,
    &VIRTUAL,
    &START_TIME,
    &OPEN_FDS,
    &MAX_FDS,
    &THREADS,
    &MEMORY,
    &PEAK,
    &CPU_WAIT,
    &IO,
    &CORES,
    &CLOCK,
    &PRESSURE_WAITING,
    &PRESSURE_STALLED,
    &CGROUP_LIMIT,
    &CGROUP_USAGE,
    &CGROUP_KILLS,
    &CGROUP_CORES,
    &CGROUP_THROTTLED,
    &STORAGE_FREE,
    &STORAGE_SIZE,
    &ALLOCATOR,
    &MEMORY_COMPONENT,
    &TOKIO_WORKERS,
    &TOKIO_TASKS,
    &TOKIO_QUEUE,
    &TOKIO_BUSY,
    &TOKIO_PARKS,
    &SCHEDULE_DELAY,
    &PROBE_AGE,
    &LOCAL_QUEUE,
    &BLOCKING_THREADS,
    &BLOCKING_QUEUE,
    &STEALS,
    &POLLS,
    &POLL_TIME,
    &FORCED_YIELDS,
    &POOL_CONNECTIONS,
    &POOL_MAX,
    &POOL_PENDING,
    &POOL_WAIT,
    &POOL_TIMEOUTS,
    &STAGE_DURATION,
    &STAGE_SECONDS,
    &STAGE_CALLS,
    &LOCAL_USERS,
    &LOCAL_POSTS,
    &REMOTE_USERS,
    &KNOWN_SERVERS,
    &BUILD_INFO,
];
