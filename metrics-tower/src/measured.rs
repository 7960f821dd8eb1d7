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
        let mut scope = std::mem::take(&mut own.scope);
        let mut unwinding = Unwinding {
            measured,
            over: false,
        };
        let ran = {
            let _entered = scope.enter();
            run()
        };
        unwinding.over = true;
        drop(unwinding);
        if scope.skipped() {
            measured
                .take()
                .into_iter()
                .for_each(|own| own.exchange.withdraw());
        } else if let Some(own) = measured {
            own.scope = scope;
        }
        ran
    }
}

/// On the stack while the host's code runs: only a panic drops it before that is over.
struct Unwinding<'a> {
    measured: &'a mut Option<Measured>,
    over: bool,
}

impl Drop for Unwinding<'_> {
    fn drop(&mut self) {
        if !self.over {
            self.measured
                .take()
                .into_iter()
                .for_each(|own| own.exchange.fail(Outcome::Panic));
        }
    }
}
