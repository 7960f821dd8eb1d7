//! Within: on the stack while the host's code runs in a request's scope.

use crate::exchange::Exchange;
use crate::labels::Outcome;

/// On the stack while the host's code runs: the thread is in the request's scope until this is dropped.
///
/// If that code panics, that is how the exchange ended: to a `Drop` further out, where the panic is caught, it would look
/// like a cancelled one. If it asks not to be measured, the exchange is gone.
#[must_use = "the scope ends where this is dropped"]
pub(crate) struct Within<'a> {
    exchange: &'a mut Option<Exchange>,
    panicked: bool,
}

impl<'a> Within<'a> {
    #[inline]
    pub(crate) fn enter(exchange: &'a mut Option<Exchange>) -> Self {
        if let Some(own) = exchange {
            own.scope.swap();
            own.enter();
        }
        Self {
            exchange,
            panicked: true,
        }
    }

    /// The host's code has come back.
    #[inline]
    pub(crate) fn leave(mut self) {
        self.panicked = false;
    }

    #[cold]
    fn end(&mut self) {
        match self.exchange.take() {
            Some(mut own) if self.panicked => own.fail(Outcome::Panic),
            Some(mut own) => own.withdraw(),
            None => {}
        }
    }
}

impl Drop for Within<'_> {
    #[inline]
    fn drop(&mut self) {
        if let Some(own) = self.exchange {
            own.leave();
            own.scope.swap();
            if self.panicked || own.scope.skipped() {
                self.end();
            }
        }
    }
}
