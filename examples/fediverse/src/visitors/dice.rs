//! Dice: what looks like chance, and is the same in every run.

use std::time::Duration;

/// SplitMix64, started from a number.
#[derive(Debug)]
pub(super) struct Dice(u64);

impl Dice {
    pub(super) const fn new(seed: usize) -> Self {
        Self(seed as u64)
    }

    /// A number below `sides`.
    pub(super) const fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % sides
    }

    /// One of these.
    pub(super) fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> Option<&'a T> {
        let index = self.roll(from.len().max(1) as u64);
        from.get(usize::try_from(index).ok()?).copied()
    }

    /// Waits between so many milliseconds and twice as many.
    pub(super) async fn wait(&mut self, millis: u64) {
        let pause = millis + self.roll(millis.max(1));
        tokio::time::sleep(Duration::from_millis(pause)).await;
    }
}
