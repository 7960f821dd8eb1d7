//! apalis 1.0: a tower layer around a worker's tasks, one within its retries, and the way into the queue.
//!
//! ```
//! use apalis::layers::retry::RetryPolicy;
//! use apalis::prelude::*;
//! use apalis_core::backend::memory::MemoryStorage;
//! use fedimetrics_core::Exporter;
//! use fedimetrics_jobs::Job;
//! use fedimetrics_jobs::adapter::apalis_1::{Enqueue, Final, JobLayer};
//!
//! static DELIVER: Job = Job::delivery("federation_out", "deliver");
//!
//! async fn deliver(inbox: String) -> Result<(), std::io::Error> {
//!     Err(std::io::Error::from(std::io::ErrorKind::ConnectionRefused))
//! }
//!
//! # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
//! let exporter = Exporter::builder().watch(&DELIVER).install()?;
//!
//! let mut queue = MemoryStorage::new();
//! let task = TaskBuilder::new("https://a.example/inbox".to_owned());
//! Enqueue::of(&DELIVER).push(&mut queue, task).await?;
//!
//! let observed = JobLayer::new(&DELIVER).with_final(Final::memory());
//! let worker = WorkerBuilder::new("deliverer")
//!     .backend(queue)
//!     .layer(observed.clone()) // the first layer is the outermost
//!     .retry(RetryPolicy::retries(1))
//!     .layer(observed.attempts()) // within the retries
//!     .on_event(|worker, event| if matches!(event, Event::Error(_)) { worker.stop().unwrap() })
//!     .build(deliver);
//! worker.run().await?;
//!
//! let text = exporter.render();
//! assert!(text.contains(r#"job_finished_total{queue="federation_out",worker="deliver",outcome="exception"} 1"#));
//! assert!(text.contains(r#"job_finished_total{queue="federation_out",worker="deliver",outcome="final_failure"} 1"#));
//! assert!(text.contains(r#"delivery_lost_total{how="final_failure",reason="econnrefused",blame="them"} 1"#));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Where the layers belong
//!
//! | mounted | counts as attempts | tells what is final | both laws |
//! | --- | --- | --- | --- |
//! | outermost | what apalis fetches: tries within [`RetryLayer`] are one, with the last one's reason | yes, by the backend's rule: [`Final`] | hold |
//! | outermost, and [`attempts()`](JobLayer::attempts) within the retries | each try | yes | hold |
//! | only `attempts()` | each try | no: it cannot know whether it is tried again. Only what aborts is lost, as a discard; else an inbox stays pending | hold |
//!
//! The outermost also sees what the layers within make of a task: timeouts, caught panics, refusals. The two share one
//! attempt while the task is polled, and nothing else: mounted twice, or without one another, or in a stack of your
//! own with no worker around it, they count what they see and never panic.
//!
//! # What an error says
//!
//! | the task ends in | counted as |
//! | --- | --- |
//! | `Ok` | success |
//! | `AbortError` | discard: apalis never tries it again |
//! | `AbortError` that a layer made of a panic | final failure or exception, by [`Final`], for `panic` |
//! | tower's `Elapsed` | the same, for `timeout` |
//! | `RetryAfterError`, `DeferredError` | snooze, or final failure where the backend does not enqueue again |
//! | any other | final failure or exception, by [`Final`] |
//! | nothing: it is dropped | cancelled |
//!
//! What a task says by [`Inside::ends_as`](crate::Inside::ends_as) stands above all of that.
//!
//! # Wait and age
//!
//! apalis keeps no time of enqueueing. [`Enqueue`] puts it into the task's metadata; age is counted from there, and
//! so is wait, or from `run_at` if that is later. A task that came in another way has a wait where its backend tells
//! `run_at`, in whole seconds, and no age. Retries have no wait: nothing moves `run_at` for them.
//!
//! [`RetryLayer`]: https://docs.rs/apalis/1/apalis/layers/retry/index.html

mod current;
mod enqueue;
mod fate;
mod finality;
mod future;
mod given;
mod layer;
mod pick;
mod service;

pub use enqueue::Enqueue;
pub use finality::Final;
pub use future::Observed;
pub use layer::JobLayer;
pub use pick::{By, Pick};
pub use service::JobService;
