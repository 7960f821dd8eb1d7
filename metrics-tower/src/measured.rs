//! Measured: an exchange, and the scope that the host's code runs in.

use fedimetrics_core::scope::Scope;

use crate::exchange::Exchange;
use crate::labels::Outcome;

/// An exchange, and the scope that the host's code runs in. The future hands it on to the body.
#[derive(Debug)]
pub(crate) struct Measured {
    pub(crate) exchange: Exchange,
    pub(crate) scope: Scope,
}

/// On the stack while the host's code runs: the thread is in the scope until this is dropped.
///
/// If that code panics, that is how the exchange ended: to a `Drop` further out, where the panic is caught, it would look
/// like a cancelled one. If it asks not to be measured, the exchange is gone.
#[must_use = "the scope ends where this is dropped"]
pub(crate) struct Within<'a> {
    measured: &'a mut Option<Measured>,
    panicked: bool,
}

impl<'a> Within<'a> {
    #[inline]
    pub(crate) fn enter(measured: &'a mut Option<Measured>) -> Self {
        if let Some(own) = measured {
            own.scope.swap();
        }
        Self {
            measured,
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
        match self.measured.take() {
            Some(own) if self.panicked => own.exchange.fail(Outcome::Panic),
            Some(own) => own.exchange.withdraw(),
            None => {}
        }
    }
}

impl Drop for Within<'_> {
    #[inline]
    fn drop(&mut self) {
        if let Some(own) = self.measured {
            own.scope.swap();
            if self.panicked || own.scope.skipped() {
                self.end();
            }
        }
    }
}
