//! What becomes of a request, over real sockets and real hyper, HTTP/1.1 and HTTP/2.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod cancelled;
mod finished;
mod labels;
mod layered;
mod panicked;
mod routers;
mod scraped;
mod streamed;
mod support;
