//! A timeout further out drops a request, which looks like a client that left. Here is who can tell the two apart.

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

thread_local! {
    static MARKED: Cell<bool> = const { Cell::new(false) };
}

/// Whether what this thread drops now was waited for long enough.
pub(crate) fn is_marked() -> bool {
    MARKED.get()
}

/// Says that the requests whose futures are dropped within took too long: they are counted as `timeout`.
///
/// For those who write a timeout by hand. Around a timeout of tower's or tower-http's, lay a [`TimeoutMarkLayer`].
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use fedimetrics_tower::mark_timeout;
///
/// async fn in_time<T>(request: impl Future<Output = T>, limit: Duration) -> Option<T> {
///     let mut request = Box::pin(request);
///     let answered = tokio::time::timeout(limit, &mut request).await.ok();
///     mark_timeout(|| drop(request));
///     answered
/// }
/// ```
pub fn mark_timeout<R>(drop: impl FnOnce() -> R) -> R {
    let _restored = Restore(MARKED.replace(true));
    drop()
}

struct Restore(bool);

impl Drop for Restore {
    fn drop(&mut self) {
        MARKED.set(self.0);
    }
}

/// Laid around a timeout that is laid around [`HttpMetricsLayer`](crate::HttpMetricsLayer): what that timeout ends is
/// counted as `timeout` instead of `cancelled`.
///
/// A timeout does not say a word to what it drops. But when it answers in a request's place, the request is still there,
/// unanswered, until the timeout's own future is dropped; and this layer does that, knowingly. It fits every layer that
/// answers in the place of a request that it gave up: `tower::timeout`, `tower_http::timeout`, a host's own.
///
/// # Cancellation
///
/// Dropped itself, it marks nothing: then it was the client who left.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use fedimetrics_tower::{HttpMetricsLayer, TimeoutMarkLayer};
/// use tower::ServiceBuilder;
///
/// let layers = ServiceBuilder::new()
///     .layer(TimeoutMarkLayer)
///     .timeout(Duration::from_secs(30))
///     .layer(HttpMetricsLayer::new());
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct TimeoutMarkLayer;

impl<S> Layer<S> for TimeoutMarkLayer {
    type Service = TimeoutMark<S>;

    fn layer(&self, inner: S) -> TimeoutMark<S> {
        TimeoutMark { inner }
    }
}

/// The service that [`TimeoutMarkLayer`] makes.
#[derive(Clone, Copy, Debug)]
pub struct TimeoutMark<S> {
    inner: S,
}

impl<S: Service<R>, R> Service<R> for TimeoutMark<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = TimeoutMarkFuture<S::Future>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: R) -> Self::Future {
        TimeoutMarkFuture {
            inner: Some(self.inner.call(request)),
        }
    }
}

pin_project! {
    /// The response of a [`TimeoutMark`], on its way.
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct TimeoutMarkFuture<F> {
        #[pin]
        inner: Option<F>,
    }
}

impl<F: Future> Future for TimeoutMarkFuture<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let mut inner = self.project().inner;
        let Some(future) = inner.as_mut().as_pin_mut() else {
            return Poll::Pending;
        };
        let answered = ready!(future.poll(context));
        mark_timeout(|| inner.set(None));
        Poll::Ready(answered)
    }
}
