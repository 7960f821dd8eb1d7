//! Listener: `/metrics` on an address and a thread of its own, so that a saturated server can still be scraped.

mod connections;
mod listen;
mod pace;
mod paced;
mod serving;
#[cfg(unix)]
mod unix;

pub use listen::Listen;
pub use serving::Serving;

use crate::endpoint::{Access, Endpoint};
use crate::error::Error;
use crate::exporter::Exporter;

impl Exporter {
    /// Shows this exporter on a listener of its own: `endpoint(access)`, then [`Endpoint::serve`].
    ///
    /// # Errors
    ///
    /// If the listener cannot be had.
    ///
    /// # Examples
    ///
    /// ```
    /// use fedimetrics_core::endpoint::Listen;
    /// use fedimetrics_core::{Access, Exporter};
    ///
    /// let exporter = Exporter::builder().build()?;
    /// let access = Access::bearer_tokens(["Zm9sbG93IG1lIG9uIGZlZGl2ZXJzZQ"])?;
    /// let serving = exporter.serve(Listen::tcp(([127, 0, 0, 1], 0)), access)?;
    /// println!("scrape http://{}/metrics", serving.local_addr().unwrap());
    /// serving.shutdown();
    /// # Ok::<(), fedimetrics_core::Error>(())
    /// ```
    pub fn serve(&self, listen: Listen, access: Access) -> Result<Serving, Error> {
        self.endpoint(access).serve(listen)
    }
}

impl Endpoint {
    /// Shows this endpoint as `/metrics` on a listener of its own, and its reports as `/metrics/NAME`; everything else there
    /// is 404.
    ///
    /// It starts one thread, called `metrics`, with a runtime of its own: when all workers of the host's runtime are
    /// stuck, this still answers. The listener is there when this returns; that takes a moment, and this thread waits.
    ///
    /// HTTP/1.1 with keep-alive. A client that dawdles keeps nobody else waiting: [`Listen`] has the limits.
    ///
    /// # Errors
    ///
    /// If the address is taken or may not be used, or if addresses are to be checked on a Unix socket, which has none.
    pub fn serve(self, listen: Listen) -> Result<Serving, Error> {
        Serving::start(self, listen)
    }
}
