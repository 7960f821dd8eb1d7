//! Whatever is called, in whatever order, a scrape is whole, and every series is in it once.

#![no_main]

#[path = "../../metrics-core/tests/strange/mod.rs"]
mod strange;

use fedimetrics_core::Format;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let exporter = strange::exporter(bytes);
    for format in [Format::Text, Format::OpenMetrics] {
        let findings = strange::findings(&exporter.render_as(format), format);
        assert!(findings.is_empty(), "{findings:#?}");
    }
});
