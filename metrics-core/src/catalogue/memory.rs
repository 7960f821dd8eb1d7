//! Memory: as the allocator sees it, and as the host does.

use super::STATES;
use crate::label::Label;
use crate::metric::{Appears, Metric};

pub(crate) static ALLOCATOR: Metric = Metric::gauge(
    "allocator_bytes",
    "Memory as the allocator sees it. Resident without being allocated is what it keeps for later, or cannot give back.",
)
.labels(&[Label::closed("state", STATES)])
.bytes()
.at_scrape()
.appears(Appears::When("it is asked for (`with_jemalloc`)"));

pub(crate) static MEMORY_COMPONENT: Metric = Metric::gauge(
    "memory_component_bytes",
    "Memory that a cache or a queue of the host holds, as the host says.",
)
.labels(&[Label::open("component")])
.bytes()
.at_scrape()
.appears(Appears::When(
    "a component is named (`with_memory_component`)",
));
