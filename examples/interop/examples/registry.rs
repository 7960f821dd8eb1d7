//! Registry: the metrics of a `prometheus` registry, which some library keeps, in our scrape. Nothing in it can break it.

use fedimetrics_core::{Collector, Exporter, Format, Samples, testing::Scrape};
use prometheus::{Encoder, IntCounterVec, Opts, Registry, TextEncoder};

/// What a library registers.
struct Legacy(Registry);

impl Collector for Legacy {
    fn name(&self) -> &'static str {
        "legacy"
    }

    fn collect(&self, samples: &mut Samples) {
        let mut text = Vec::new();
        // What cannot be encoded is absent, as everything that cannot be read.
        if TextEncoder::new()
            .encode(&self.0.gather(), &mut text)
            .is_ok()
        {
            samples.append_text(String::from_utf8_lossy(&text));
        }
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let registry = Registry::new();
    let hits = IntCounterVec::new(Opts::new("legacy_cache_hits_total", "Hits."), &["cache"])?;
    registry.register(Box::new(hits.clone()))?;
    // A name that we have as well: ours stands.
    let series = prometheus::IntGauge::new("exporter_series", "Theirs.")?;
    registry.register(Box::new(series))?;
    hits.with_label_values(&["actors \"and\" keys"]).inc_by(3);

    let exporter = Exporter::builder().collect(Legacy(registry)).build()?;
    let scrape = Scrape::of(&exporter);
    let labels = [("cache", "actors \"and\" keys")];
    assert_eq!(scrape.value("legacy_cache_hits_total", &labels), Some(3.0));
    let left_out = scrape.value("exporter_foreign_left_out_total", &[("why", "taken")]);
    assert_eq!(left_out, Some(1.0));
    assert!(
        !scrape
            .matching("exporter_series", &[])
            .any(|sample| sample.labels.is_empty())
    );

    // The registry's text has one format. The scrape has both.
    let text = exporter.render_as(Format::OpenMetrics);
    assert!(text.contains("# TYPE legacy_cache_hits counter\nlegacy_cache_hits_total{"));
    assert!(text.ends_with("# EOF\n"));
    Ok(())
}
