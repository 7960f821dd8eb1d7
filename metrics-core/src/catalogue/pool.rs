//! Pools of connections to a database, on OpenTelemetry's names.

use super::POOL_STATES;
use super::stage::WAITS;
use crate::label::Label;
use crate::metric::{Appears, Metric};

const POOL: Label = Label::open("db_client_connection_pool_name");
const READ: Appears = Appears::When("a pool is watched that has something to read (`Pool::reads`)");
const WATCHED: Appears = Appears::When("a pool is watched (`Pool`)");

pub(crate) static POOL_CONNECTIONS: Metric = Metric::gauge(
    "db_client_connection_count",
    "Open connections of the pool, by whether somebody has them.",
)
.labels(&[
    POOL,
    Label::closed("db_client_connection_state", POOL_STATES),
])
.at_scrape()
.appears(READ);

pub(crate) static POOL_MAX: Metric = Metric::gauge(
    "db_client_connection_max",
    "How many connections the pool may open.",
)
.labels(&[POOL])
.at_scrape()
.appears(READ);

pub(crate) static POOL_PENDING: Metric = Metric::gauge(
    "db_client_connection_pending_requests",
    "Who waits for a connection of the pool right now.",
)
.labels(&[POOL])
.appears(WATCHED);

pub(crate) static POOL_WAIT: Metric = Metric::histogram(
    "db_client_connection_wait_time_seconds",
    "How long was waited for a connection of the pool, whether one came, none did, or the waiting was cancelled.",
    WAITS,
)
.labels(&[POOL])
.seconds()
.appears(WATCHED);

pub(crate) static POOL_TIMEOUTS: Metric = Metric::counter(
    "db_client_connection_timeouts_total",
    "How often the pool had no connection to give within its own time limit.",
)
.labels(&[POOL])
.appears(WATCHED);
