//! Serving: a listener that runs, and ends with its handle.

use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::mpsc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::runtime;
use tokio::sync::watch;
use tokio::time::sleep;

use super::connections::{Connections, unless};
use super::listen::{Limits, Listen, Place};
use super::paced::Stream;
#[cfg(unix)]
use super::unix::UnixSocket;
use crate::endpoint::seldom::Seldom;
use crate::endpoint::service::Endpoint;
use crate::error::{Error, Kind};

/// How long nothing is accepted after an error: the first time, and at most.
const PAUSES: [Duration; 2] = [Duration::from_millis(10), Duration::from_secs(1)];

/// A listener that runs. It ends when this is dropped.
///
/// What is being answered then is finished, for 5 seconds at most; nothing new is accepted, and connections that wait for
/// another request are closed. A Unix socket's file is removed.
#[derive(Debug)]
#[must_use = "the listener ends where this is dropped"]
pub struct Serving {
    local_addr: Option<SocketAddr>,
    ending: Option<watch::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// A socket that listens.
enum Socket {
    Tcp(TcpListener),
    #[cfg(unix)]
    Unix(UnixSocket),
}

impl Serving {
    pub(super) fn start(endpoint: Endpoint, listen: Listen) -> Result<Self, Error> {
        let at = listen.place.to_string();
        Self::run(endpoint, listen).map_err(|source| {
            Kind::Listen {
                hint: hint(&source),
                at,
                source,
            }
            .into()
        })
    }

    fn run(endpoint: Endpoint, listen: Listen) -> io::Result<Self> {
        #[cfg(unix)]
        if matches!(listen.place, Place::Unix(_)) && endpoint.access().needs_peer() {
            return Err(ErrorKind::Unsupported.into());
        }
        let (ending, ends) = watch::channel(());
        let (bound, waits) = mpsc::sync_channel(1);
        // The runtime is made and used on its own thread alone: this one may be within another runtime.
        let thread = thread::Builder::new()
            .name("metrics".into())
            .spawn(move || {
                let runtime = match runtime::Builder::new_current_thread()
                    .enable_io()
                    .enable_time()
                    .build()
                {
                    Ok(runtime) => runtime,
                    Err(error) => return drop(bound.send(Err(error))),
                };
                runtime.block_on(async {
                    match Socket::bind(&listen.place).await {
                        Ok(socket) => {
                            let _ = bound.send(Ok(socket.local_addr()));
                            accept(socket, endpoint, listen.limits, ends).await;
                        }
                        Err(error) => drop(bound.send(Err(error))),
                    }
                });
            })?;
        let gone = |_| io::Error::from(ErrorKind::BrokenPipe);
        let local_addr = waits.recv().map_err(gone)??;
        Ok(Self {
            local_addr,
            ending: Some(ending),
            thread: Some(thread),
        })
    }

    /// The address on which it listens; none for a Unix socket.
    #[must_use]
    pub const fn local_addr(&self) -> Option<SocketAddr> {
        self.local_addr
    }

    /// Ends it, and waits until its thread is gone: 5 seconds at most, usually none.
    pub fn shutdown(mut self) {
        self.ending.take();
        if let Some(thread) = self.thread.take() {
            // It has caught what can panic in it, which is the host's.
            let _ = thread.join();
        }
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // Its thread goes on without being waited for: whoever drops this may be within a runtime.
        self.ending.take();
    }
}

impl Socket {
    async fn bind(place: &Place) -> io::Result<Self> {
        match place {
            Place::Tcp(address) => TcpListener::bind(address).await.map(Self::Tcp),
            #[cfg(unix)]
            Place::Unix(path) => UnixSocket::bind(path).await.map(Self::Unix),
        }
    }

    fn local_addr(&self) -> Option<SocketAddr> {
        match self {
            Self::Tcp(listener) => listener.local_addr().ok(),
            #[cfg(unix)]
            Self::Unix(_) => None,
        }
    }

    async fn accept(&self) -> io::Result<(Pin<Box<dyn Stream>>, Option<SocketAddr>)> {
        match self {
            Self::Tcp(listener) => {
                let (stream, peer) = listener.accept().await?;
                let _ = stream.set_nodelay(true);
                Ok((Box::pin(stream), Some(peer)))
            }
            #[cfg(unix)]
            Self::Unix(listener) => Ok((Box::pin(listener.accept().await?), None)),
        }
    }
}

/// Accepts until it ends.
async fn accept(socket: Socket, endpoint: Endpoint, limits: Limits, ending: watch::Receiver<()>) {
    static FAILED: Seldom = Seldom::new();
    let mut connections = Connections::new(endpoint, limits, ending.clone());
    let [first, longest] = PAUSES;
    let mut pause = first;
    while let Some(accepted) = unless(ending.clone(), socket.accept()).await {
        match accepted {
            Ok((stream, peer)) => {
                pause = first;
                connections.admit(stream, peer);
            }
            Err(error) if is_of_the_client(&error) => {}
            Err(error) => {
                // Such as no descriptors being left: trying again at once would use a core and fill the log.
                if FAILED.may() {
                    tracing::warn!(%error, "the metrics listener cannot accept connections now; it goes on trying");
                }
                let _ = unless(ending.clone(), sleep(pause)).await;
                pause = (2 * pause).min(longest);
            }
        }
    }
    drop(socket);
    connections.end().await;
}

/// A client that was gone before it was accepted.
fn is_of_the_client(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset | ErrorKind::ConnectionRefused
    )
}

fn hint(error: &io::Error) -> &'static str {
    match error.kind() {
        ErrorKind::AddrInUse => {
            "something listens there already; take another address or path, or port 0 for any"
        }
        ErrorKind::AddrNotAvailable => {
            "this machine does not have that address; take one that it has, or 127.0.0.1"
        }
        ErrorKind::PermissionDenied => {
            "this user may not; take a port from 1024 on, or a folder that is its own"
        }
        ErrorKind::AlreadyExists => {
            "there is a file that is no socket; take another path, or remove it"
        }
        ErrorKind::Unsupported => {
            "a Unix socket has no addresses to check; leave out Access::with_addresses, since only this user can connect"
        }
        _ => "the cause says why",
    }
}
