//! Connections: as many as may be open, each of them a task.

use std::convert::Infallible;
use std::future::{Future, poll_fn};
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;

use http::{Request, Response, StatusCode};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use tokio::sync::watch;
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::{Instant, sleep_until, timeout};
use tower_service::Service;

use super::listen::Limits;
use super::pace::Pace;
use super::paced::{Paced, Stream};
use crate::endpoint::access::Peer;
use crate::endpoint::body::Body;
use crate::endpoint::reply::reply;
use crate::endpoint::service::Endpoint;

/// The longest head of a request.
const LONGEST_HEAD: usize = 16 * 1024;
/// The most headers of a request.
const MOST_HEADERS: usize = 64;

/// As many connections as may be open.
pub(super) struct Connections {
    endpoint: Endpoint,
    limits: Limits,
    ending: watch::Receiver<()>,
    tasks: JoinSet<()>,
    open: Vec<(Arc<Pace>, AbortHandle)>,
}

impl Connections {
    pub(super) fn new(endpoint: Endpoint, limits: Limits, ending: watch::Receiver<()>) -> Self {
        Self {
            endpoint,
            limits,
            ending,
            tasks: JoinSet::new(),
            open: Vec::new(),
        }
    }

    /// One more. It takes the place of the one on which nothing has happened for longest, if there is no other: whoever
    /// holds connections without using them keeps nobody out.
    pub(super) fn admit(&mut self, stream: Pin<Box<dyn Stream>>, peer: Option<SocketAddr>) {
        while self.tasks.try_join_next().is_some() {}
        self.open.retain(|(_, task)| !task.is_finished());
        if self.open.len() >= self.limits.connections {
            let oldest = (0..self.open.len())
                .min_by_key(|place| self.open.get(*place).map(|(pace, _)| pace.touched()));
            if let Some(place) = oldest {
                self.open.swap_remove(place).1.abort();
            }
        }
        let pace = Pace::new();
        let connection = Connection {
            pace: pace.clone(),
            limits: self.limits,
            endpoint: self.endpoint.clone(),
            peer,
        };
        let task = self
            .tasks
            .spawn(connection.serve(stream, self.ending.clone()));
        self.open.push((pace, task));
    }

    /// Lets those that are being answered finish, for a while.
    pub(super) async fn end(mut self) {
        let finished = async { while self.tasks.join_next().await.is_some() {} };
        let _ = timeout(self.limits.ending, finished).await;
    }
}

/// One connection.
struct Connection {
    pace: Arc<Pace>,
    limits: Limits,
    endpoint: Endpoint,
    peer: Option<SocketAddr>,
}

impl Connection {
    /// Until its client is done, takes too long, or the listener ends.
    async fn serve(self, stream: Pin<Box<dyn Stream>>, mut ending: watch::Receiver<()>) {
        let pace = &self.pace;
        let service = service_fn(|request| {
            pace.answering();
            let answer = answer(self.endpoint.clone(), request, self.peer);
            async move {
                let response = answer.await;
                pace.answered();
                response
            }
        });
        let mut connection = pin!(
            http1::Builder::new()
                .max_buf_size(LONGEST_HEAD)
                .max_headers(MOST_HEADERS)
                .serve_connection(Paced::new(stream, pace.clone()), service)
        );
        let mut ends = pin!(async move {
            // An error is an end as well: whoever held the other side is gone.
            let _ = ending.changed().await;
        });
        let mut ended = false;
        let mut timer = pin!(sleep_until(Instant::now()));
        poll_fn(|context| {
            if !ended && ends.as_mut().poll(context).is_ready() {
                ended = true;
                connection.as_mut().graceful_shutdown();
            }
            if connection.as_mut().poll(context).is_ready() {
                // What goes wrong on a connection is its client's affair.
                return Poll::Ready(());
            }
            let Some(deadline) = pace.deadline(&self.limits) else {
                return Poll::Pending;
            };
            if timer.deadline() != deadline {
                timer.as_mut().reset(deadline);
            }
            timer.as_mut().poll(context)
        })
        .await;
    }
}

async fn answer(
    mut endpoint: Endpoint,
    mut request: Request<Incoming>,
    peer: Option<SocketAddr>,
) -> Result<Response<Body>, Infallible> {
    if !endpoint.is_listened_at(request.uri().path()) {
        endpoint.count(StatusCode::NOT_FOUND);
        return Ok(reply(StatusCode::NOT_FOUND, None, Body::empty()));
    }
    if let Some(peer) = peer {
        request.extensions_mut().insert(Peer(peer));
    }
    endpoint.call(request).await
}

/// The future's output, unless the listener ends before.
pub(super) async fn unless<T>(
    mut ending: watch::Receiver<()>,
    wanted: impl Future<Output = T>,
) -> Option<T> {
    let mut ends = pin!(async move {
        let _ = ending.changed().await;
    });
    let mut wanted = pin!(wanted);
    poll_fn(|context| {
        if ends.as_mut().poll(context).is_ready() {
            return Poll::Ready(None);
        }
        wanted.as_mut().poll(context).map(Some)
    })
    .await
}
