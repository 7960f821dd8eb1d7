//! One task through a service: called and awaited. No worker, no backend and no runtime.

use std::future::{Ready, ready};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use apalis_core::error::BoxDynError;
use apalis_core::task::Task;
use apalis_core::task::builder::TaskBuilder;
use apalis_core::worker::context::WorkerContext;
use tower_service::Service;

/// A handler that is one function, and does nothing.
#[derive(Clone, Copy, Debug)]
pub struct Succeeds;

impl Service<Task<u32>> for Succeeds {
    type Response = ();
    type Error = BoxDynError;
    type Future = Ready<Result<(), BoxDynError>>;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), BoxDynError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _task: Task<u32>) -> Self::Future {
        ready(Ok(()))
    }
}

/// An operation: one task through this service. It is as a worker has it: with its context as data, and a limit of its
/// attempts.
///
/// # Panics
///
/// The operation does, if the task fails.
pub fn drive<S>(mut service: S) -> impl FnMut()
where
    S: Service<Task<u32>, Response = (), Error = BoxDynError>,
{
    let worker = WorkerContext::new("deliverer");
    let task = TaskBuilder::new(1_u32).max_attempts(8).data(worker).build();
    move || {
        let context = &mut Context::from_waker(Waker::noop());
        while service.poll_ready(context).is_pending() {}
        let polled = pin!(service.call(task.clone())).poll(context);
        assert!(matches!(polled, Poll::Ready(Ok(()))));
    }
}
