//! RequestBody: counts what the server reads of it.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;

use crate::body::size_of;
use crate::extras::Extras;
use crate::meters::Meters;

pin_project! {
    /// The client's body, unchanged: its frames, size and end are passed on, and counted as they are read.
    ///
    /// # Cancellation
    ///
    /// Dropped before its end, what was read until then is counted, and its size is not known.
    #[derive(Debug)]
    pub struct RequestBody<B> {
        #[pin]
        inner: B,
        counted: Option<Counted>,
    }
}

/// Where it is counted; none where the request is not measured.
type Counted = (Arc<Extras>, Arc<Meters>);

impl<B> RequestBody<B> {
    pub(crate) const fn new(inner: B, counted: Option<Counted>) -> Self {
        Self { inner, counted }
    }

    /// The body within.
    pub const fn get_ref(&self) -> &B {
        &self.inner
    }
}

impl<B: Body> Body for RequestBody<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        let mut this = self.project();
        let frame = ready!(this.inner.as_mut().poll_frame(context));
        if let Some((extras, meters)) = this.counted {
            if let Some(upload) = &extras.upload {
                let now = meters.clock.now();
                match &frame {
                    Some(Ok(frame)) => {
                        upload.read(size_of(frame), now);
                        // hyper's readers stop at the announced end, and never see `None`.
                        if frame.is_trailers() || this.inner.is_end_stream() {
                            upload.end(now);
                        }
                    }
                    Some(Err(_)) => upload.read(0, now),
                    None => upload.end(now),
                }
            }
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

impl<B: Default> Default for RequestBody<B> {
    fn default() -> Self {
        Self::new(B::default(), None)
    }
}
