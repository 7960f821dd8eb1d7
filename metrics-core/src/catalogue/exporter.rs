//! The exporter about itself.

use super::{CODES, LEFT_OUT, PUSHED};
use crate::label::Label;
use crate::metric::{Appears, Metric};

const METRIC: &[Label] = &[Label::open("metric")];
const COLLECTOR: &[Label] = &[Label::open("collector")];

pub(crate) static SERIES: Metric = Metric::gauge("exporter_series", "Series held, by metric.")
    .labels(METRIC)
    .at_scrape();

pub(crate) static OVERFLOW: Metric = Metric::counter(
    "exporter_overflow_total",
    "Values folded into _other, and metrics refused, because a cap was reached or a name was taken.",
)
.labels(METRIC);

pub(crate) static FOREIGN_LEFT_OUT: Metric = Metric::counter(
    "exporter_foreign_left_out_total",
    "Lines of text that collectors appended and scrapes left out, because of a taken name, a mistake in them or a cap.",
)
.labels(&[Label::closed("why", LEFT_OUT)])
.at_scrape()
.appears(Appears::When("a collector appends foreign text"));

pub(crate) static COLLECTOR_SUCCESS: Metric = Metric::gauge(
    "exporter_collector_success",
    "Whether a collector answered in this scrape; 0 if it panicked, or if there was no time left for it.",
)
.labels(COLLECTOR)
.at_scrape();

pub(crate) static COLLECTOR_DURATION: Metric = Metric::gauge(
    "exporter_collector_duration_seconds",
    "How long a collector took in this scrape.",
)
.labels(COLLECTOR)
.seconds()
.at_scrape();

pub(crate) static SCRAPES: Metric = Metric::counter(
    "exporter_scrapes_total",
    "Requests to the endpoint, by the status they got.",
)
.labels(&[Label::closed("code", CODES)]);

pub(crate) static SCRAPE_DURATION: Metric = Metric::gauge(
    "exporter_scrape_duration_seconds",
    "How long the previous scrape took to render.",
)
.seconds();

pub(crate) static PUSHES: Metric = Metric::counter(
    "exporter_pushes_total",
    "Pushes, by what became of them: taken, failed (and tried again) or refused for good.",
)
.labels(&[Label::closed("outcome", PUSHED)])
.appears(Appears::When("an exporter is given a pusher"));
