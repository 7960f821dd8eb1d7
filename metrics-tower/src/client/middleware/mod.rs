//! Middleware for clients of reqwest-middleware: one file a version, since the types differ.

#[cfg(feature = "reqwest-middleware-0-3")]
mod reqwest_middleware_0_3;
#[cfg(feature = "reqwest-middleware-0-5")]
mod reqwest_middleware_0_5;

use std::error::Error;
use std::future::{Future, poll_fn};
use std::pin::pin;

use fedimetrics_core::Failure;
use http::{Extensions, Method, StatusCode};

use super::ended::Ended;
use super::exchange::Exchange;
use super::layer::HttpClientMetricsLayer;
use super::measured::Measured;

impl<M> HttpClientMetricsLayer<M> {
    /// An exchange for a request to that host.
    fn open(
        &self,
        extensions: &Extensions,
        method: &Method,
        host: Option<&str>,
    ) -> Option<Exchange> {
        let purpose = extensions.get().copied().unwrap_or(self.purpose);
        Exchange::open(&self.meters, purpose, method, host)
    }
}

/// Awaits the rest of the chain, and the client at its end.
async fn answered<F, R, E>(
    exchange: Option<Exchange>,
    send: impl FnOnce() -> F,
    status: impl Fn(&R) -> StatusCode,
) -> Result<R, E>
where
    F: Future<Output = Result<R, E>>,
    E: Error + 'static,
{
    let mut measured = pin!(Measured::new(exchange, send));
    poll_fn(|context| {
        measured
            .as_mut()
            .poll_judged(context, |answer| match answer {
                Ok(response) => Ended::of(status(response)),
                Err(error) => Ended::Failed(error.reason()),
            })
    })
    .await
}
