//! metrics-jobs
