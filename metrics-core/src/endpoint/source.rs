//! Source: where an endpoint's text comes from.

use std::fmt;
use std::sync::Arc;

use quanta::Instant;

use crate::catalogue::{CODES, SCRAPE_DURATION, SCRAPES};
use crate::exporter::Exporter;
use crate::recorder::Format;
use crate::sink::Sink;

/// Where an endpoint's text comes from.
#[derive(Clone)]
pub(super) enum Source {
    /// An exporter of ours, in both formats.
    Exporter(Exporter),
    /// Somebody else's text, and perhaps what an exporter's collectors read behind it.
    Over(Arc<dyn Fn() -> String + Send + Sync>, Option<Exporter>),
}

impl Source {
    /// Where scrapes are counted: with the numbers that are shown.
    pub(super) fn sink(&self) -> Sink {
        let sink = match self {
            Self::Exporter(exporter) => exporter.sink(),
            Self::Over(..) => Sink::global(),
        };
        sink.describe(&[&SCRAPES, &SCRAPE_DURATION]);
        for code in CODES {
            // Born at 0: Prometheus' increase() does not see what is born at 1.
            sink.counter(&SCRAPES, &[code]).increment(0);
        }
        sink
    }

    /// Which format it has, where this one is liked best.
    pub(super) const fn format(&self, liked: Format) -> Format {
        match self {
            Self::Exporter(_) => liked,
            Self::Over(..) => Format::Text,
        }
    }

    pub(super) fn render(&self, format: Format, deadline: Instant) -> String {
        match self {
            Self::Exporter(exporter) => exporter.render_within(format, Some(deadline)),
            Self::Over(render, beside) => {
                let begun = Instant::now();
                let mut text = render();
                if let Some(exporter) = beside {
                    if !text.is_empty() && !text.ends_with('\n') {
                        text.push('\n');
                    }
                    text.push_str(&exporter.render_collected(Some(deadline)));
                }
                Sink::global()
                    .gauge(&SCRAPE_DURATION, &[])
                    .set(begun.elapsed().as_secs_f64());
                text
            }
        }
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Exporter(_) => "Source::Exporter",
            Self::Over(..) => "Source::Over",
        })
    }
}
