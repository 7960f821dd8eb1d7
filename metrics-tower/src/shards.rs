//! Shards: one layer's meters, once for each shard of threads.

use std::sync::{Arc, OnceLock};

use fedimetrics_core::clock::Clock;
use fedimetrics_core::handles::Handles;
use fedimetrics_core::{Shard, Sink};

use crate::layers;
use crate::meters::Meters;
use crate::settings::Settings;

/// One layer's meters, once for each shard of threads.
///
/// What is under way holds the meters of the thread that it began on, and counts there to its end, wherever that is. So two
/// threads write to no memory that both use: neither to the cells of a metric nor to the count of a layer's holders.
///
/// In cache lines of its own: services that are cloned are counted in front of it.
#[derive(Debug)]
#[repr(align(128))]
pub(crate) struct Shards {
    pub(crate) settings: Settings,
    sink: Sink,
    /// Measured before the first request comes.
    clock: Clock,
    /// The routes of all of them together.
    routes: Arc<Handles<()>>,
    number: OnceLock<u8>,
    meters: [OnceLock<Arc<Meters>>; Shard::MOST],
}

impl Shards {
    pub(crate) fn new(sink: Sink, settings: Settings) -> Arc<Self> {
        Arc::new(Self {
            routes: Arc::new(Handles::new(settings.routes)),
            settings,
            sink,
            clock: Clock::new(),
            number: OnceLock::new(),
            meters: [const { OnceLock::new() }; Shard::MOST],
        })
    }

    pub(crate) const fn sink(&self) -> &Sink {
        &self.sink
    }

    /// The meters of this thread's shard.
    #[inline]
    pub(crate) fn mine(self: &Arc<Self>) -> &Arc<Meters> {
        let shard = Shard::mine();
        let meters = self.meters[shard.index()].get();
        meters.unwrap_or_else(|| self.make(shard))
    }

    #[cold]
    fn make(self: &Arc<Self>, shard: Shard) -> &Arc<Meters> {
        self.meters[shard.index()].get_or_init(|| {
            let number = *self.number.get_or_init(|| layers::number(self));
            Arc::new(Meters::new(
                self.sink.clone().on_shard(shard),
                self.clock.clone(),
                self.settings.clone(),
                &self.routes,
                number,
            ))
        })
    }
}
