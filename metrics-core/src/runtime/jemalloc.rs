//! jemalloc: memory as the allocator sees it.

use std::hint::black_box;

use tikv_jemalloc_ctl::{epoch, epoch_mib, stats, thread};

use crate::catalogue::{ALLOCATOR, STATES};
use crate::collect::{Collector, Samples};

/// jemalloc's own figures: absent where it is linked and not the allocator.
pub(crate) struct Jemalloc(Option<Figures>);

struct Figures {
    epoch: epoch_mib,
    allocated: stats::allocated_mib,
    active: stats::active_mib,
    resident: stats::resident_mib,
    mapped: stats::mapped_mib,
    retained: stats::retained_mib,
}

impl Jemalloc {
    pub(crate) fn open() -> Self {
        Self(if allocates() { Figures::open() } else { None })
    }
}

/// Whether it is what this program allocates with: then it notices if somebody does.
fn allocates() -> bool {
    let Ok(allocated) = thread::allocatedp::read() else {
        return false;
    };
    let before = allocated.get();
    drop(black_box(Box::new([0_u8; 64])));
    allocated.get() != before
}

impl Figures {
    fn open() -> Option<Self> {
        Some(Self {
            epoch: epoch::mib().ok()?,
            allocated: stats::allocated::mib().ok()?,
            active: stats::active::mib().ok()?,
            resident: stats::resident::mib().ok()?,
            mapped: stats::mapped::mib().ok()?,
            retained: stats::retained::mib().ok()?,
        })
    }
}

impl Collector for Jemalloc {
    fn name(&self) -> &'static str {
        "jemalloc"
    }

    fn collect(&self, samples: &mut Samples) {
        let Some(figures) = &self.0 else {
            return;
        };
        // Until then it answers what it answered before.
        if figures.epoch.advance().is_err() {
            return;
        }
        let read = [
            figures.allocated.read(),
            figures.active.read(),
            figures.resident.read(),
            figures.mapped.read(),
            figures.retained.read(),
        ];
        for (state, bytes) in STATES.iter().zip(read) {
            if let Ok(bytes) = bytes {
                samples.add(&ALLOCATOR, &[state], bytes as f64);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::Exporter;
    use crate::testing::Scrape;

    #[test]
    fn where_it_is_linked_and_not_the_allocator_it_shows_nothing() {
        let exporter = Exporter::builder().with_jemalloc().build().unwrap();
        assert!(!Scrape::of(&exporter).has("allocator_bytes"));
    }
}
