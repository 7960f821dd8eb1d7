//! A small but real ActivityPub server on axum and SQLite, with neighbours to federate with and visitors to serve.
//!
//! The rooms: [`web`] answers, as [`router`] says; [`federation`] signs, believes, publishes and delivers; [`queue`]
//! holds what is done later, and [`jobs`] does it; [`outgoing`] is the one way out. [`neighbours`] and [`visitors`] are
//! the world around, and reach the server over sockets only.
//!
//! What administrators fear can be made to happen: see [`fault`].
//!
//! [`start`] runs the whole of it inside this process; [`Running`] tells where it listens and ends it cleanly.

pub mod app;
pub mod budget;
pub mod database;
pub mod fault;
pub mod federation;
pub mod jobs;
pub mod model;
pub mod names;
pub mod neighbours;
pub mod options;
pub mod outgoing;
pub mod queue;
pub mod router;
pub mod server;
pub mod telemetry;
pub mod token;
pub mod visitors;
pub mod web;

pub use app::App;
pub use fault::Fault;
pub use options::Options;
pub use server::{Running, start};
