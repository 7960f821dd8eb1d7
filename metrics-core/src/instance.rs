//! Instance: how large a server is, as it says of itself.

use std::time::Duration;

use crate::catalogue::{KNOWN_SERVERS, LOCAL_POSTS, LOCAL_USERS, REMOTE_USERS};
use crate::collect::Samples;
use crate::sampler::Sampler;

/// How large a server is. What it does not count is `None`, and absent.
///
/// # Examples
///
/// ```
/// use std::{io, time::Duration};
/// use fedimetrics_core::testing::Scrape;
/// use fedimetrics_core::{Exporter, Instance};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), fedimetrics_core::Error> {
/// # async fn count(_: &str) -> Result<u64, io::Error> { Ok(3) }
/// let instance = Instance::sampled_every(Duration::from_secs(300));
/// let exporter = Exporter::builder().watch(&instance).build()?;
///
/// // In one process of the server, and off the scrape's path:
/// let sampling = tokio::spawn(instance.sample(Duration::from_secs(30), || async {
///     Ok::<_, io::Error>(Instance {
///         local_users: Some(count("SELECT count(*) FROM users").await?),
///         ..Instance::default()
///     })
/// }));
/// while Scrape::of(&exporter).value("fediverse_local_users", &[]) != Some(3.0) {
///     tokio::task::yield_now().await;
/// }
/// assert!(!Scrape::of(&exporter).has("fediverse_known_servers"));
/// # sampling.abort();
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Instance {
    /// People and bots that have an account here.
    pub local_users: Option<u64>,
    /// What they have posted and not deleted.
    pub local_posts: Option<u64>,
    /// People and bots of other servers that are known here.
    pub remote_users: Option<u64>,
    /// Other servers that are known here.
    pub known_servers: Option<u64>,
}

impl Instance {
    /// What reads these figures at this interval and shows them, under the name `instance`: minutes, for it counts whole
    /// tables.
    #[must_use]
    pub fn sampled_every(interval: Duration) -> Sampler<Self> {
        Sampler::new("instance", interval, Self::show)
    }

    fn show(&self, samples: &mut Samples) {
        let figures = [
            (&LOCAL_USERS, self.local_users),
            (&LOCAL_POSTS, self.local_posts),
            (&REMOTE_USERS, self.remote_users),
            (&KNOWN_SERVERS, self.known_servers),
        ];
        for (metric, figure) in figures {
            if let Some(figure) = figure {
                samples.add(metric, &[], figure as f64);
            }
        }
    }
}
