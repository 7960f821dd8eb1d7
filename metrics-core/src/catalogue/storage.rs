//! Storage: folders that the host names.

use crate::label::Label;
use crate::metric::{Appears, Metric};

const COMPONENT: &[Label] = &[Label::open("component")];
const NAMED: Appears = Appears::When("a folder is named (`with_storage`)");

pub(crate) static STORAGE_FREE: Metric = Metric::gauge(
    "storage_free_bytes",
    "Room that this user may still fill where the folder is; absent while the file system does not answer.",
)
.labels(COMPONENT)
.bytes()
.at_scrape()
.appears(NAMED);

pub(crate) static STORAGE_SIZE: Metric = Metric::gauge(
    "storage_size_bytes",
    "Size of the file system that the folder is on.",
)
.labels(COMPONENT)
.bytes()
.at_scrape()
.appears(NAMED);
