//! Adapters: the hooks that a queue library has, so that its jobs are observed without a line in each of them.

#[cfg(feature = "apalis-1")]
pub mod apalis_1;
#[cfg(feature = "background-jobs-0-20")]
pub mod background_jobs_0_20;
