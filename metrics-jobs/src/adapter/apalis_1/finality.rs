//! Final: whether apalis will try a failed task again.

use std::fmt;
use std::sync::Arc;

use apalis_core::error::BoxDynError;
use apalis_core::task::ExecutionContext;
use apalis_core::task::status::Status;

/// What the Redis backend has in its script, whatever the task says.
const REDIS: usize = 25;

type Decide = Arc<dyn Fn(&ExecutionContext, &BoxDynError) -> bool + Send + Sync>;

/// Whether apalis will try a failed task again. It does not say, and each backend has a rule of its own.
///
/// | | a failure is final |
/// | --- | --- |
/// | [`MaxAttempts`](Self::MaxAttempts) | on the task's last attempt |
/// | [`sqlite()`](Self::sqlite), [`postgres()`](Self::postgres) | the same, but never where it leaves the row as running: a panic or a timeout does, and the row is taken up again once its worker is gone |
/// | [`redis()`](Self::redis) | on attempt 25, whatever the task says; and whenever it leaves the task as running |
/// | [`memory()`](Self::memory) | always: nothing is ever enqueued again |
/// | [`Never`](Self::Never) | never |
/// | [`with`](Self::with) | if that function says so |
///
/// An [`AbortError`](apalis_core::error::AbortError) that apalis has seen is final on each backend, and on purpose: a discard.
#[derive(Clone, Default)]
#[non_exhaustive]
pub enum Final {
    /// On the task's last attempt.
    #[default]
    MaxAttempts,
    /// Never.
    Never,
    /// Always.
    Always,
    /// As PostgreSQL and SQLite have it.
    Sql,
    /// As Redis has it.
    Redis,
    /// If that function says so.
    With(Decide),
}

impl Final {
    /// The rule of `apalis-sqlite` 1.0.
    #[must_use]
    pub const fn sqlite() -> Self {
        Self::Sql
    }

    /// The rule of `apalis-postgres` 1.0.
    #[must_use]
    pub const fn postgres() -> Self {
        Self::Sql
    }

    /// The rule of `apalis-redis` 1.0.
    #[must_use]
    pub const fn redis() -> Self {
        Self::Redis
    }

    /// The rule of apalis' own storage in memory.
    #[must_use]
    pub const fn memory() -> Self {
        Self::Always
    }

    /// A rule of the host's, given what apalis knows of the task once it has run, and the error.
    ///
    /// # Examples
    ///
    /// ```
    /// # use fedimetrics_jobs::adapter::apalis_1::Final;
    /// let eight = Final::with(|task, _error| task.attempt() >= 8);
    /// # drop(eight);
    /// ```
    #[must_use]
    pub fn with(
        decide: impl Fn(&ExecutionContext, &BoxDynError) -> bool + Send + Sync + 'static,
    ) -> Self {
        Self::With(Arc::new(decide))
    }

    /// Whether this error ends the task. `postponed` are those that ask for another time.
    pub(super) fn ends(
        &self,
        context: &ExecutionContext,
        error: &BoxDynError,
        postponed: bool,
    ) -> bool {
        let last = |max: usize| context.attempt() >= max;
        let failed = !postponed && context.max_attempts().is_some_and(last);
        match self {
            Self::MaxAttempts => failed,
            Self::Never => false,
            Self::Always => true,
            Self::Sql => failed && context.status() != Status::Running,
            Self::Redis => last(REDIS) || context.status() == Status::Running,
            Self::With(decide) => decide(context, error),
        }
    }

    /// How many attempts there are at most, for when a panic takes the worker with it.
    pub(super) fn at_most(&self, context: &ExecutionContext) -> Option<usize> {
        match self {
            Self::MaxAttempts => context.max_attempts(),
            Self::Always => Some(1),
            // What is left as running is taken up again.
            Self::Never | Self::Sql | Self::Redis | Self::With(_) => None,
        }
    }
}

impl fmt::Debug for Final {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::MaxAttempts => "MaxAttempts",
            Self::Never => "Never",
            Self::Always => "Always",
            Self::Sql => "Sql",
            Self::Redis => "Redis",
            Self::With(_) => "With(..)",
        })
    }
}
