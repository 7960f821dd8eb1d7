//! Body: a scrape, in one frame.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Frame, SizeHint};

/// A scrape, in one frame. Scrapes that were rendered together share its bytes.
#[derive(Clone, Debug, Default)]
pub struct Body {
    bytes: Option<Bytes>,
    /// Whether the length is not to be spoken of: the answer to HEAD has a length that nobody has worked out.
    unsaid: bool,
}

impl Body {
    pub(super) fn full(bytes: Bytes) -> Self {
        Self {
            bytes: Some(bytes).filter(|bytes| !bytes.is_empty()),
            unsaid: false,
        }
    }

    pub(super) const fn empty() -> Self {
        Self {
            bytes: None,
            unsaid: false,
        }
    }

    pub(super) const fn unsaid() -> Self {
        Self {
            bytes: None,
            unsaid: true,
        }
    }
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(self.bytes.take().map(|bytes| Ok(Frame::data(bytes))))
    }

    fn is_end_stream(&self) -> bool {
        self.bytes.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        if self.unsaid {
            return SizeHint::new();
        }
        SizeHint::with_exact(self.bytes.as_ref().map_or(0, |bytes| bytes.len() as u64))
    }
}
