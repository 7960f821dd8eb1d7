//! Session: an upgraded connection, for as long as its handler keeps it.

use fedimetrics_core::scope::{Place, place};

use crate::labels::Kind;
use crate::layers;
use crate::stream::Stream;

/// An upgraded connection, or another stream that no `Content-Type` tells, for as long as its handler keeps this.
///
/// Taken by a handler while its request is measured, it counts in `http_server_streams{http_route,kind}` until it is
/// dropped, and then in `http_server_stream_duration_seconds{kind}`. Responses of type `text/event-stream` are counted
/// without it. Where no layer is around, or the code runs in another task than the handler, it counts nothing.
///
/// # Cancellation
///
/// Dropping it is the only way to end it: a session that breaks off is one that has ended.
///
/// # Examples
///
/// ```
/// use axum_0_8 as axum;
/// use axum::{extract::WebSocketUpgrade, response::Response};
/// use fedimetrics_tower::Session;
///
/// async fn streaming(upgrade: WebSocketUpgrade) -> Response {
///     let session = Session::websocket();
///     upgrade.on_upgrade(async move |mut socket| {
///         let _open = session; // until this block is left
///         while let Some(Ok(message)) = socket.recv().await {
///             if socket.send(message).await.is_err() {
///                 break;
///             }
///         }
///     })
/// }
/// ```
#[derive(Debug)]
#[must_use = "a session ends where this is dropped"]
pub struct Session {
    _stream: Option<Stream>,
}

impl Session {
    /// A WebSocket's: `kind="websocket"`.
    pub fn websocket() -> Self {
        Self::open(Kind::Websocket)
    }

    /// That of another protocol, or of a response that goes on for as long as somebody listens: `kind="other"`.
    pub fn other() -> Self {
        Self::open(Kind::Other)
    }

    fn open(kind: Kind) -> Self {
        let stream = layers::current().map(|meters| {
            let route = match place() {
                Place::Route(Some(route)) => meters.place(route.as_str()),
                Place::Route(None) | Place::Nowhere | Place::Worker(_) => meters.unmatched(),
            };
            let begun = meters.clock.now();
            Stream::open(meters, route, kind, begun)
        });
        Self { _stream: stream }
    }
}
