//! Report: what is told beside the numbers to those who may read them.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use bytes::Bytes;
use http::HeaderValue;

/// What is told beside the numbers to those who may read them, and is no number: which servers fail, say. Given to
/// [`Endpoint::with_report`](super::Endpoint::with_report).
///
/// # Examples
///
/// ```
/// use fedimetrics_core::endpoint::{Access, Report};
/// use fedimetrics_core::Exporter;
///
/// let report = Report::json("moderators.json", || r#"["alice","bob"]"#.to_owned());
/// let endpoint = Exporter::builder().build()?.endpoint(Access::closed()).with_report(report);
/// # drop(endpoint);
/// # Ok::<(), fedimetrics_core::Error>(())
/// ```
#[derive(Clone)]
pub struct Report {
    name: &'static str,
    pub(super) kind: HeaderValue,
    read: Arc<dyn Fn() -> String + Send + Sync>,
}

impl Report {
    /// A JSON text under this name, which is the last part of its path.
    ///
    /// `read` is called once for each request that is let in, on the thread that polls it: it must be as quick as a
    /// [`Collector`](crate::Collector), and no larger than what should be told. A panic in it is caught, and answered with 503.
    #[must_use]
    pub fn json(name: &'static str, read: impl Fn() -> String + Send + Sync + 'static) -> Self {
        Self {
            name,
            kind: HeaderValue::from_static("application/json"),
            read: Arc::new(read),
        }
    }

    /// Whether a request for this path asks for it. Only the last part counts: where it is mounted is the host's affair.
    pub(super) fn is_at(&self, path: &str) -> bool {
        path.rsplit_once('/')
            .is_some_and(|(_, last)| last == self.name)
    }

    /// Whether a listener of our own has it there.
    #[cfg(feature = "listener")]
    pub(super) fn is_listened_at(&self, path: &str) -> bool {
        path.strip_prefix("/metrics/")
            .is_some_and(|name| name == self.name)
    }

    /// Its text, unless reading it panicked.
    pub(super) fn read(&self) -> Option<Bytes> {
        catch_unwind(AssertUnwindSafe(|| (self.read)()))
            .ok()
            .map(Bytes::from)
    }
}

impl fmt::Debug for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Report")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}
