//! Paced: a connection on which nobody can dawdle.
//!
//! hyper's own timeout for heads also runs between two requests, so it cannot be both short enough for one who sends a
//! byte a second and long enough for a scraper that comes once a minute.

use std::io::{self, ErrorKind, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use hyper::rt::{Read, ReadBufCursor, Write};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep};

use super::listen::Limits;

/// A connection's bytes, of whichever kind its socket is.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send {}

impl<S: AsyncRead + AsyncWrite + Send> Stream for S {}

/// What a connection waits for.
const HEAD: u8 = 0;
const ANSWER: u8 = 1;
const NEXT: u8 = 2;

/// Where a connection is, known to its stream, to its service, and to who chooses the one to be closed.
#[derive(Debug)]
pub(super) struct Pace {
    waits_for: AtomicU8,
    begun: Instant,
    /// When something happened last, in milliseconds since it began.
    touched: AtomicU64,
}

/// A connection on which nobody can dawdle.
pub(super) struct Paced {
    stream: Pin<Box<dyn Stream>>,
    pace: Arc<Pace>,
    limits: Limits,
    /// The timer, and what it was set for.
    reading: Pin<Box<Sleep>>,
    set_for: u8,
    writing: Option<Pin<Box<Sleep>>>,
}

impl Pace {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self {
            waits_for: AtomicU8::new(HEAD),
            begun: Instant::now(),
            touched: AtomicU64::new(0),
        })
    }

    /// When something happened on it last.
    pub(super) fn touched(&self) -> Instant {
        self.begun + Duration::from_millis(self.touched.load(Ordering::Relaxed))
    }

    /// A whole head has come.
    pub(super) fn answering(&self) {
        self.waits_for.store(ANSWER, Ordering::Relaxed);
    }

    /// Its answer is made.
    pub(super) fn answered(&self) {
        self.waits_for.store(NEXT, Ordering::Relaxed);
    }

    fn touch(&self) {
        let since = self.begun.elapsed().as_millis();
        let since = u64::try_from(since).unwrap_or(u64::MAX);
        self.touched.store(since, Ordering::Relaxed);
    }
}

impl Paced {
    pub(super) fn new(stream: Pin<Box<dyn Stream>>, pace: Arc<Pace>, limits: Limits) -> Self {
        Self {
            stream,
            pace,
            limits,
            reading: Box::pin(sleep(limits.head)),
            set_for: HEAD,
            writing: None,
        }
    }

    /// Sets the timer anew if what is waited for has changed since.
    fn set(&mut self, waits_for: u8) {
        if self.set_for != waits_for {
            let limit = if waits_for == HEAD {
                self.limits.head
            } else {
                self.limits.idle
            };
            self.reading.as_mut().reset(Instant::now() + limit);
            self.set_for = waits_for;
        }
    }

    /// What became of reading, unless it takes too long.
    fn read(
        &mut self,
        read: Poll<io::Result<usize>>,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<()>> {
        match read {
            Poll::Ready(Ok(letters)) => {
                self.pace.touch();
                let next = self.pace.waits_for.compare_exchange(
                    NEXT,
                    HEAD,
                    Ordering::Relaxed,
                    Ordering::Relaxed,
                );
                if letters > 0 && next.is_ok() {
                    self.set_for = NEXT;
                    self.set(HEAD);
                }
                Poll::Ready(Ok(()))
            }
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Pending => {
                let waits_for = self.pace.waits_for.load(Ordering::Relaxed);
                self.set(waits_for);
                if waits_for != ANSWER && self.reading.as_mut().poll(context).is_ready() {
                    return Poll::Ready(Err(ErrorKind::TimedOut.into()));
                }
                Poll::Pending
            }
        }
    }

    /// What became of writing, unless no byte is taken for too long.
    fn written<T>(
        &mut self,
        written: Poll<io::Result<T>>,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.writing = None;
            self.pace.touch();
            return written;
        }
        let stalled = self.limits.stalled;
        let timer = self.writing.get_or_insert_with(|| Box::pin(sleep(stalled)));
        timer
            .as_mut()
            .poll(context)
            .map(|()| Err(ErrorKind::TimedOut.into()))
    }
}

impl Read for Paced {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        mut to: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        // By way of the stack, and not into hyper's buffer, which would take unsafe code: heads are short.
        let mut bytes = [0; 4096];
        let room = to.remaining().min(bytes.len());
        let mut buffer = ReadBuf::new(bytes.get_mut(..room).unwrap_or_default());
        let read = self.stream.as_mut().poll_read(context, &mut buffer);
        let read = read.map_ok(|()| {
            to.put_slice(buffer.filled());
            buffer.filled().len()
        });
        self.read(read, context)
    }
}

impl Write for Paced {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = self.stream.as_mut().poll_write(context, bytes);
        self.written(written, context)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream.as_mut().poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream.as_mut().poll_shutdown(context)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = self.stream.as_mut().poll_write_vectored(context, bytes);
        self.written(written, context)
    }
}
