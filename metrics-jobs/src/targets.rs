//! Targets: what an exporter tells of the remote servers that deliveries go to.

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use fedimetrics_core::{Exporter, Reason, Sink, Watch, Watching};

use crate::catalogue;
use crate::source::Source;
use crate::target::{self, FailingTarget, Host, Names, Table};

/// More are not listed by name, whatever the host says.
const LISTED_AT_MOST: usize = 1000;

/// The remote servers that the delivery jobs of one recorder have told of, by [`Run::to`](crate::Run::to),
/// [`Prepared::to`](crate::Prepared::to) and `delivery(host)`: which ones fail, why and since when. Usually a `static`.
///
/// The gauges `delivery_targets` and `delivery_failing_targets` come with every delivery job; this is for reading
/// the names, and for what has to be asked for. Settings hold once an exporter watches it.
///
/// Hosts are strangers' words. Whatever they are and however many, what is kept is bounded: 50,000 servers within a day
/// as a hash each, and the names of those that are listed. `delivery_targets_untracked_total` counts deliveries to
/// more than that.
///
/// # Examples
///
/// ```
/// use fedimetrics_core::{Exporter, Reason};
/// use fedimetrics_jobs::{Attempt, Job, Targets};
///
/// static DELIVER: Job = Job::delivery("federation_out", "deliver");
/// static TARGETS: Targets = Targets::new();
///
/// let exporter = Exporter::builder().watch(&DELIVER).watch(&TARGETS).install()?;
/// for attempt in 1..=3 {
///     DELIVER.start(Attempt::number(attempt).of(9)).to("a.example").exception(&Reason::Timeout);
/// }
///
/// let failing = TARGETS.failing();
/// assert_eq!((&*failing[0].target, failing[0].failures), ("a.example", 3));
/// assert!(exporter.render().contains(r#"delivery_targets{state="failing"} 1"#));
/// # Ok::<(), fedimetrics_core::Error>(())
/// ```
#[derive(Clone)]
pub struct Targets {
    sink: Sink,
    listed: Option<usize>,
    lasting: bool,
    named: Vec<String>,
}

impl Targets {
    /// The servers that jobs on the process's global recorder deliver to.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            sink: Sink::global(),
            listed: None,
            lasting: false,
            named: Vec::new(),
        }
    }

    /// Lists this many failing servers by name, at most 1,000. Defaults to 50.
    #[must_use]
    pub const fn with_listed(mut self, at_most: usize) -> Self {
        self.listed = Some(at_most);
        self
    }

    /// Shows `delivery_failing_target_since_seconds`, with a label `target`: at most 50 servers, those that have failed
    /// for longest. One enters when it has failed for an hour without a delivery in between, and leaves when it has not
    /// failed for 24 hours. Defaults to not showing them.
    ///
    /// They are read at scrape, so none leaves a series behind. What a restart forgets, [`seed`](Self::seed) gives back.
    #[must_use]
    pub const fn with_lasting(mut self) -> Self {
        self.lasting = true;
        self
    }

    /// Counts attempts to these servers by name, as `delivery_target_attempts_total`, and all others as `_other`. At most
    /// 128, and six series each. Defaults to none.
    #[must_use]
    pub fn with_named(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.named = names.into_iter().map(Into::into).collect();
        self
    }

    /// The same for the servers that this exporter's own jobs deliver to.
    #[must_use]
    pub fn on(&self, exporter: &Exporter) -> Self {
        self.on_sink(exporter.sink())
    }

    /// The same for the servers that jobs recording there deliver to.
    #[must_use]
    pub fn on_sink(&self, sink: Sink) -> Self {
        Self {
            sink,
            ..self.clone()
        }
    }

    /// The servers with the most failures in a row, most first.
    ///
    /// The counts are exact. Who is not listed had no more failures in a row than the last of those listed, when it last
    /// failed; if others have recovered since, it comes up with its next failure.
    #[must_use]
    pub fn failing(&self) -> Vec<FailingTarget> {
        let table = self.table();
        table.failing(table.now())
    }

    /// The same as JSON, with how many servers there are, for a report beside the metrics and under their access rule
    /// (`fedimetrics_core::endpoint::Report`).
    ///
    /// `targets` holds the numbers of `delivery_targets`; `failing` a list of `target`, `state`, `reason`, `blame`, `failures`,
    /// `since` and `last`, times in Unix seconds. Names are strangers' words: who shows them on a page escapes them.
    #[must_use]
    pub fn json(&self) -> String {
        target::json(&self.table())
    }

    /// Says at the start that deliveries to this server have failed since then, as the host's own table knows: memory is
    /// gone with the restart that an incident causes. It counts as one failure. What this process has seen of the
    /// server counts more.
    pub fn seed(&self, host: &str, since: impl Into<SystemTime>, reason: Reason) {
        let (table, since) = (self.table(), since.into());
        let ago = SystemTime::now().duration_since(since).unwrap_or_default();
        let now = table.now();
        let since = now.saturating_sub(i32::try_from(ago.as_secs()).unwrap_or(i32::MAX));
        if let Some(host) = Host::of(host) {
            table.seed(&host, since, reason, now);
        }
    }

    fn table(&self) -> Arc<Table> {
        self.sink.companion()
    }
}

impl Default for Targets {
    fn default() -> Self {
        Self::new()
    }
}

impl Watch for Targets {
    fn watch(&self, watching: &mut Watching) {
        watching.describe(catalogue::ALL);
        let table = self.table();
        if let Some(listed) = self.listed {
            table.list(listed.min(LISTED_AT_MOST));
        }
        if self.lasting {
            table.show_lasting();
        }
        if !self.named.is_empty() {
            table.name(|| Names::of(&self.named));
        }
        if let Some(names) = table.names() {
            target::by_name(names, &Source::new(watching.sink().clone()));
        }
        watching.collect_shared(&table);
    }
}

impl fmt::Debug for Targets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Targets")
            .field("sink", &self.sink)
            .field("listed", &self.listed)
            .field("lasting", &self.lasting)
            .field("named", &self.named)
            .finish()
    }
}
