//! Strange input: one generator for the property tests, for `contract/` and for the fuzz target, and what must be true of
//! any scrape.

mod bytes;
mod call;
mod judge;

use fedimetrics_core::{Caps, Exporter};

use bytes::Bytes;
pub(crate) use judge::findings;

/// An exporter that all has been done to which these bytes say.
pub(crate) fn exporter(bytes: &[u8]) -> Exporter {
    let mut bytes = Bytes(bytes);
    let mut builder = Exporter::builder();
    if bytes.below(2) == 1 {
        builder = builder.with_caps(Caps {
            open_label: 2,
            foreign_series: 3,
            foreign_metrics: 4,
            lines: 60,
        });
    }
    if bytes.below(2) == 1 {
        builder = builder.with_created();
    }
    for name in ["a", "posts", "wait_seconds"] {
        if bytes.below(4) == 3 {
            builder = builder.with_buckets(
                name,
                bytes.pick(&[&[-1.0, 0.0, 1.0][..], &[1e-9], &[-5.0], &[1e15, 1e300]]),
            );
        }
    }
    builder = builder
        .collect(call::Reads::from(&mut bytes))
        .collect(call::Reads::from(&mut bytes));
    let exporter = builder.build().unwrap();
    while !bytes.is_empty() {
        call::one(&mut bytes, &exporter);
    }
    exporter
}
