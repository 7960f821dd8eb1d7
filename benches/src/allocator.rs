//! An allocator that counts what each thread asks of it.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

#[global_allocator]
static COUNTING: Counting = Counting;

thread_local! {
    // Without a destructor and without lazy initialisation, so that they can be read within an allocation.
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
    static BYTES: Cell<u64> = const { Cell::new(0) };
    static FREED: Cell<u64> = const { Cell::new(0) };
}

/// What was allocated.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spent {
    pub(crate) allocations: u64,
    pub(crate) bytes: u64,
}

/// What this thread allocates while `work` runs.
pub(crate) fn spent(work: impl FnOnce()) -> Spent {
    let (allocations, bytes) = (ALLOCATIONS.get(), BYTES.get());
    work();
    Spent {
        allocations: ALLOCATIONS.get() - allocations,
        bytes: BYTES.get() - bytes,
    }
}

/// How many bytes more this thread holds after `work` than before, if nobody else frees what it takes; never less than 0.
pub fn held(work: impl FnOnce()) -> u64 {
    let before = BYTES.get().wrapping_sub(FREED.get());
    work();
    let grown = BYTES.get().wrapping_sub(FREED.get()).wrapping_sub(before);
    u64::try_from(grown.cast_signed()).unwrap_or(0)
}

struct Counting;

fn count(bytes: usize) {
    ALLOCATIONS.set(ALLOCATIONS.get() + 1);
    BYTES.set(BYTES.get() + bytes as u64);
}

fn free(bytes: usize) {
    FREED.set(FREED.get() + bytes as u64);
}

#[allow(
    unsafe_code,
    reason = "there is no other way to count; every call goes to the system's allocator as it came"
)]
// SAFETY: each method hands its own arguments to `System`, under the very contract it was called with; counting touches
// two thread-local cells that never allocate.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size());
        // SAFETY: as above.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(layout.size());
        // SAFETY: as above.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(size.saturating_sub(layout.size()));
        free(layout.size().saturating_sub(size));
        // SAFETY: as above.
        unsafe { System.realloc(at, layout, size) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        free(layout.size());
        // SAFETY: as above.
        unsafe { System.dealloc(at, layout) }
    }
}

#[cfg(test)]
mod tests {
    use std::hint::black_box;

    use super::*;

    #[test]
    fn a_box_is_one_allocation_of_its_size() {
        let spent = spent(|| drop(black_box(Box::new([0_u8; 100]))));
        assert_eq!((spent.allocations, spent.bytes), (1, 100));
    }

    #[test]
    fn what_is_kept_is_held_and_what_is_dropped_is_not() {
        let mut kept = Vec::new();
        assert_eq!(held(|| kept = black_box(vec![0_u8; 100])), 100);
        assert_eq!(held(|| drop(black_box(vec![0_u8; 100]))), 0);
        assert_eq!(held(|| kept.extend_from_slice(&[0; 900])), 900);
    }

    #[test]
    fn what_was_there_before_costs_nothing() {
        let before = Box::new(7);
        let spent = spent(|| drop(black_box(before)));
        assert_eq!((spent.allocations, spent.bytes), (0, 0));
    }
}
