#![doc = include_str!("../README.md")]

mod builder;
mod carried;
pub mod catalogue;
pub mod clock;
mod collect;
mod companions;
#[cfg(feature = "endpoint")]
pub mod endpoint;
mod error;
mod exporter;
pub mod failure;
mod file_sd;
pub mod handles;
#[cfg(feature = "tokio")]
mod instance;
pub mod json;
mod label;
mod metric;
mod name;
pub mod pool;
#[cfg(feature = "metrics-exporter-prometheus-0-18")]
pub mod prometheus;
#[cfg(feature = "push")]
pub mod push;
mod reason;
mod recorder;
mod runtime;
#[cfg(feature = "tokio")]
mod sampler;
pub mod scope;
mod shard;
mod sink;
pub mod stage;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
mod watch;

pub use builder::Builder;
pub use carried::{Carried, carried};
pub use collect::{Collector, Samples};
#[cfg(feature = "endpoint")]
pub use endpoint::{Access, Endpoint};
pub use error::Error;
pub use exporter::{Exporter, Recorder};
pub use failure::Failure;
pub use file_sd::{FileSd, Published};
#[cfg(feature = "tokio")]
pub use instance::Instance;
pub use label::{Label, Values};
pub use metric::{Appears, Born, Kind, Metric, Unit, describe};
pub use name::{Name, OTHER};
pub use reason::{Because, Blame, Own, Reason, Status, Word};
pub use recorder::{Caps, Format};
#[cfg(feature = "tokio")]
pub use runtime::{Probe, Probing};
pub use runtime::{Role, Service};
#[cfg(feature = "tokio")]
pub use sampler::Sampler;
pub use shard::Shard;
pub use sink::{Sink, is_noop};
pub use watch::{Watch, Watching};
