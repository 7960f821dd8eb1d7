//! Memory: how much of it the host's own caches and queues hold, as the host says.

use std::fmt;

use crate::catalogue::MEMORY_COMPONENT;
use crate::collect::{Collector, Samples};

/// One component, and the function that knows its size.
pub(crate) struct Component<F> {
    name: &'static str,
    bytes: F,
}

impl<F: Fn() -> Option<u64> + Send + Sync> Component<F> {
    pub(crate) const fn new(name: &'static str, bytes: F) -> Self {
        Self { name, bytes }
    }
}

impl<F: Fn() -> Option<u64> + Send + Sync> Collector for Component<F> {
    fn name(&self) -> &'static str {
        "memory_component"
    }

    fn collect(&self, samples: &mut Samples) {
        if let Some(bytes) = (self.bytes)() {
            samples.add(&MEMORY_COMPONENT, &[self.name], bytes as f64);
        }
    }
}

impl<F> fmt::Debug for Component<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Component").field(&self.name).finish()
    }
}

#[cfg(test)]
mod tests {
    use crate::Exporter;
    use crate::testing::Scrape;

    #[test]
    fn a_component_that_panics_or_does_not_know_is_absent_and_harms_no_other() {
        let exporter = Exporter::builder()
            .with_memory_component("actors", || Some(4096))
            .with_memory_component("media", || None)
            .with_memory_component("broken", || panic!("as the test wants it"))
            .build()
            .unwrap();
        let scrape = Scrape::of(&exporter);
        let shown: Vec<_> = scrape
            .matching("memory_component_bytes", &[])
            .map(|sample| (&*sample.labels["component"], sample.value))
            .collect();
        assert_eq!(shown, [("actors", 4096.0)]);
        let success = [("collector", "memory_component")];
        let success = scrape.value("exporter_collector_success", &success);
        assert_eq!(success, Some(0.0));
    }
}
