//! Endpoint: `/metrics`, closed unless it is opened.
//!
//! | item | what it is |
//! | --- | --- |
//! | [`Endpoint`] | `/metrics` as a tower service for a host's router |
//! | [`Access`] | who may read it; [`Peer`] is where a request comes from |
//! | [`Report`] | what is told beside the numbers, under the same rule |
//! | [`Token`], [`scrape_config`] | what an administrator needs to let a scraper in |
//!
//! With the feature `listener` there are `Exporter::serve`, `Listen` and `Serving` as well: a listener and a thread of
//! its own.

mod access;
mod answer;
mod body;
mod deadline;
mod flight;
#[cfg(feature = "listener")]
mod listener;
mod negotiate;
mod rendering;
mod reply;
mod report;
mod scrape_config;
mod seldom;
mod service;
mod source;
mod token;

pub use access::{Access, Peer};
pub use answer::Answer;
pub use body::Body;
#[cfg(feature = "listener")]
pub use listener::{Listen, Serving};
pub use report::Report;
pub use scrape_config::scrape_config;
pub use service::Endpoint;
pub use token::Token;

#[cfg(test)]
mod tests;
