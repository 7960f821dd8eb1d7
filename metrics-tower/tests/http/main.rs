//! What becomes of a request, over real sockets and real hyper, HTTP/1.1 and HTTP/2.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod busy;
mod cancelled;
mod connected;
mod finished;
mod grpc;
mod held;
mod hooks;
mod labels;
mod layered;
mod panicked;
mod presets;
mod queued;
mod routers;
mod scraped;
mod sessions;
mod streamed;
mod support;
mod threads;
mod timed_out;
mod uploads;
