//! Streaming: new posts, as they come, over server-sent events.

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::{
    extract::State,
    response::{
        Sse,
        sse::{Event, KeepAlive},
    },
};
use futures_util::{Stream, StreamExt, stream};
use tokio::sync::broadcast::{self, error::RecvError};

use crate::App;

/// How many posts a slow listener may fall behind.
const BEHIND: usize = 64;

/// Those who listen.
#[derive(Debug)]
pub struct Live {
    sender: broadcast::Sender<Arc<str>>,
}

impl Default for Live {
    fn default() -> Self {
        Self {
            sender: broadcast::Sender::new(BEHIND),
        }
    }
}

impl Live {
    /// Tells everybody who listens of a post, written as apps read it.
    pub fn tell(&self, status: &str) {
        // Nobody listening is no error.
        self.sender.send(status.into()).ok();
    }
}

/// `GET /api/v1/streaming`
pub async fn listen(
    State(app): State<Arc<App>>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let (receiver, closing) = (app.live.sender.subscribe(), app.closing.clone());
    let posts = stream::unfold(receiver, |mut receiver| async move {
        loop {
            match receiver.recv().await {
                Ok(post) => return Some((post, receiver)),
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return None,
            }
        }
    });
    let events = posts
        .map(|status| Ok(Event::default().event("update").data(&*status)))
        .take_until(closing.cancelled_owned());
    Sse::new(events).keep_alive(KeepAlive::new().interval(Duration::from_secs(5)))
}
