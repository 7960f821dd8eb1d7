//! background-jobs 0.20: its storage is wrapped, which knows what becomes of a job, and its jobs, which know why.
//!
//! This feature links `background-jobs-core`, which is under the AGPL, version 3. Who enables it links that already.
//!
//! ```
//! use background_jobs::memory_storage::{Storage, TokioTimer};
//! use background_jobs::tokio::WorkerConfig;
//! use background_jobs::{Job as BackgroundJob, MaxRetries};
//! use fedimetrics_core::Exporter;
//! use fedimetrics_jobs::Job;
//! use fedimetrics_jobs::adapter::background_jobs_0_20::{JobStorage, Observed};
//!
//! static DELIVER: Job = Job::delivery("federation_out", "deliver");
//!
//! #[derive(serde::Serialize, serde::Deserialize)]
//! struct Deliver {
//!     inbox: String,
//! }
//!
//! impl BackgroundJob for Deliver {
//!     type State = ();
//!     type Error = std::io::Error;
//!     const NAME: &'static str = "deliver"; // the worker's name
//!     const QUEUE: &'static str = "federation_out";
//!     const MAX_RETRIES: MaxRetries = MaxRetries::Count(0);
//!
//!     async fn run(self, (): ()) -> Result<(), std::io::Error> {
//!         Err(std::io::Error::from(std::io::ErrorKind::ConnectionRefused))
//!     }
//! }
//!
//! # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
//! let exporter = Exporter::builder().watch(&DELIVER).install()?;
//!
//! let storage = JobStorage::wrap(Storage::new(TokioTimer), [&DELIVER]);
//! let queue = WorkerConfig::new(storage, |_| ())
//!     .register::<Observed<Deliver>>() // without `Observed`, no reason is known
//!     .start()?;
//! queue.push(Deliver { inbox: "https://a.example/inbox".into() }).await?;
//!
//! let lost = r#"delivery_lost_total{how="final_failure",reason="econnrefused",blame="them"} 1"#;
//! while !exporter.render().contains(lost) {
//!     tokio::task::yield_now().await;
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | the library says | counted as |
//! | --- | --- |
//! | pushed | offered; dropped if the storage refuses it |
//! | popped | started: its number, its wait and its age are known |
//! | completed: success | success |
//! | completed: failure, and it is not queued again | final failure |
//! | completed: failure, and it is | exception |
//! | completed: nobody registered it, or it was not run | exception for `invalid_data`, cancelled |
//! | popped again, since its worker was not heard of | cancelled, and started |
//!
//! Where the storage fails to complete a job, the attempt is an exception for `db`, whatever the job said: the storage
//! will hand it out again. Jobs of a queue and a name that none of the given [`Job`]s has are not counted.
//!
//! [`Job`]: crate::Job

mod heard;
mod observed;
mod storage;

pub use observed::Observed;
pub use storage::JobStorage;
