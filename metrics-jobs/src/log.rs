//! Log: one structured line for each final delivery failure, with no body, no key and no error text in it.

use fedimetrics_core::Reason;

use crate::attempt::Attempt;
use crate::identity::Identity;
use crate::labels::How;

/// Says that inboxes are lost: where, why, in which worker and after how many attempts. Given up on purpose is no
/// reason to warn.
pub(crate) fn lost(
    identity: &Identity,
    how: How,
    reason: Reason,
    attempt: &Attempt,
    target: Option<&str>,
    inboxes: u64,
) {
    let (worker, attempts) = (identity.worker(), attempt.used());
    let (how, reason) = (how.as_str(), reason.as_str());
    if how == How::FinalFailure.as_str() {
        tracing::warn!(target: "fedimetrics_jobs", { target = target, reason, worker, attempts, how, inboxes }, "delivery lost");
    } else {
        tracing::info!(target: "fedimetrics_jobs", { target = target, reason, worker, attempts, how, inboxes }, "delivery given up");
    }
}
