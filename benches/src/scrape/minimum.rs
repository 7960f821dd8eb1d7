//! Minimum: series whose text is made beforehand up to the number, and one buffer. Below this is only printing less.

use std::sync::atomic::{AtomicU64, Ordering};

use super::fill::{Counters, Histograms, labels};
use crate::record::BOUNDS;

/// Lines by hand: each all that stands before its number, and the number.
#[derive(Debug, Default)]
pub struct Minimum {
    heads: String,
    /// Where each line's head ends in `heads`.
    lines: Vec<(usize, AtomicU64)>,
    text: String,
}

impl Minimum {
    /// The same counters that [`Counters`] fills in.
    #[must_use]
    pub fn counters(count: u32) -> Self {
        let mut minimum = Self::default();
        for n in 0..count {
            let (route, status) = labels(n);
            let name = Counters::NAME;
            minimum.line(
                &format!("{name}{{route=\"{route}\",status=\"{status}\"}} "),
                u64::from(n) * 7,
            );
        }
        minimum
    }

    /// The same histograms that [`Histograms`] fills in. They count what is below a bound as they record, which is
    /// cheaper to print than what ours do.
    #[must_use]
    pub fn histograms(count: u32) -> Self {
        let mut minimum = Self::default();
        let name = Histograms::NAME;
        for n in 0..count {
            let (route, status) = labels(n);
            let labels = format!("route=\"{route}\",status=\"{status}\"");
            for (place, bound) in (1..).zip(&BOUNDS) {
                minimum.line(&format!("{name}_bucket{{{labels},le=\"{bound}\"}} "), place);
            }
            minimum.line(&format!("{name}_bucket{{{labels},le=\"+Inf\"}} "), 12);
            minimum.line(&format!("{name}_sum{{{labels}}} "), 19);
            minimum.line(&format!("{name}_count{{{labels}}} "), 12);
        }
        minimum
    }

    fn line(&mut self, head: &str, value: u64) {
        self.heads.push_str(head);
        self.lines.push((self.heads.len(), value.into()));
    }

    /// One scrape.
    pub fn scrape(&mut self) {
        self.text.clear();
        let mut from = 0;
        for (to, value) in &self.lines {
            self.text
                .push_str(self.heads.get(from..*to).unwrap_or_default());
            self.text
                .push_str(itoa::Buffer::new().format(value.load(Ordering::Relaxed)));
            self.text.push('\n');
            from = *to;
        }
    }
}
