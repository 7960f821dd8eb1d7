//! Pick: which job a task is.

use std::fmt;

use apalis_core::task::Task;

use crate::job::Job;

/// Which job a task is: one for all, or what a function makes of the task.
pub trait Pick<Args> {
    /// The job that this task is observed as.
    fn pick(&self, task: &Task<Args>) -> &'static Job;
}

impl<Args> Pick<Args> for &'static Job {
    fn pick(&self, _task: &Task<Args>) -> &'static Job {
        self
    }
}

/// A function that knows which job a task is. Made by [`JobLayer::picking`](super::JobLayer::picking).
#[derive(Clone, Copy)]
pub struct By<P>(pub(super) P);

impl<P, Args> Pick<Args> for By<P>
where
    P: Fn(&Task<Args>) -> &'static Job,
{
    fn pick(&self, task: &Task<Args>) -> &'static Job {
        (self.0)(task)
    }
}

impl<P> fmt::Debug for By<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("By(..)")
    }
}
