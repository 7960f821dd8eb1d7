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

impl Measured {
    /// Runs the host's code in this scope.
    ///
    /// If it panics, that is how the exchange ended: to a `Drop` further out, where the panic is caught, it would look
    /// like a cancelled one. If it asks not to be measured, the exchange is gone.
    pub(crate) fn within<R>(measured: &mut Option<Self>, run: impl FnOnce() -> R) -> R {
        let Some(own) = measured else { return run() };
        own.scope.swap();
        let mut within = Within {
            measured,
            panicked: true,
        };
        let ran = run();
        within.panicked = false;
        ran
    }
}

/// On the stack while the host's code runs.
struct Within<'a> {
    measured: &'a mut Option<Measured>,
    panicked: bool,
}

impl Drop for Within<'_> {
    fn drop(&mut self) {
        let Some(own) = self.measured else { return };
        own.scope.swap();
        if self.panicked || own.scope.skipped() {
            let ended = self.measured.take();
            ended.into_iter().for_each(|own| {
                if self.panicked {
                    own.exchange.fail(Outcome::Panic)
                } else {
                    own.exchange.withdraw()
                }
            });
        }
    }
}
