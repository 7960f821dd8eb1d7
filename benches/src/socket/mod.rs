//! A server over loopback sockets, and who asks it as fast as they can.

mod load;
mod server;
mod turns;

pub use server::Server;
pub use turns::by_turns;
