//! What is running.

use super::ROLES;
use crate::label::Label;
use crate::metric::Metric;

pub(crate) static BUILD_INFO: Metric = Metric::gauge(
    "service_build_info",
    "Always 1; its labels say what is running.",
)
.labels(&[
    Label::open("name"),
    Label::open("version"),
    Label::open("revision"),
    Label::closed("role", ROLES),
])
.at_scrape();
