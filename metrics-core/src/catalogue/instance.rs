//! How large the server is.

use crate::metric::{Appears, Metric};

const SAMPLED: Appears = Appears::When("the host counts them (`Instance`)");

pub(crate) static LOCAL_USERS: Metric = Metric::gauge(
    "fediverse_local_users",
    "People and bots that have an account here.",
)
.at_scrape()
.appears(SAMPLED);

pub(crate) static LOCAL_POSTS: Metric = Metric::gauge(
    "fediverse_local_posts",
    "What those who have an account here posted and did not delete.",
)
.at_scrape()
.appears(SAMPLED);

pub(crate) static REMOTE_USERS: Metric = Metric::gauge(
    "fediverse_remote_users",
    "People and bots of other servers that are known here.",
)
.at_scrape()
.appears(SAMPLED);

pub(crate) static KNOWN_SERVERS: Metric = Metric::gauge(
    "fediverse_known_servers",
    "Other servers that are known here.",
)
.at_scrape()
.appears(SAMPLED);
