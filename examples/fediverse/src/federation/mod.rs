//! What servers say to each other: activities, signatures, keys, deliveries, receptions.

pub mod activity;
pub mod delivery;
pub mod failing;
pub mod keys;
pub mod publish;
pub mod reception;
pub mod signature;

pub use delivery::DeliveryError;
pub use reception::{Reception, Refusal};
