//! The one queue of this process alone: new posts wait in memory until those who listen here have been told.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
    time::{Instant, SystemTime},
};

use fedimetrics_core::Reason;
use fedimetrics_jobs::{Attempt, Depth};
use tokio::sync::Notify;

use crate::{App, model::Post, telemetry::TELL, web::statuses};

/// So many may wait. A post that nobody is told of live is still in the timeline.
const ROOM: usize = 256;

/// The posts that wait.
#[derive(Debug, Default)]
pub struct Untold {
    waiting: Mutex<VecDeque<(SystemTime, Instant, Arc<Post>)>>,
    more: Notify,
}

impl Untold {
    /// One more, unless there are too many.
    pub fn push(&self, post: &Post) {
        TELL.enqueued();
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.len() >= ROOM {
            return TELL.dropped(Reason::QueueFull);
        }
        waiting.push_back((SystemTime::now(), Instant::now(), Arc::new(post.clone())));
        self.more.notify_one();
    }

    /// How many wait, and for how long.
    #[must_use]
    pub fn depth(&self) -> Depth {
        let waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        Depth {
            ready: waiting.len() as u64,
            oldest_ready_age: waiting.front().map(|(_, since, _)| since.elapsed()),
            ..Depth::default()
        }
    }

    async fn next(&self) -> (SystemTime, Arc<Post>) {
        loop {
            let first = {
                let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
                waiting.pop_front()
            };
            match first {
                Some((at, _, post)) => return (at, post),
                None => self.more.notified().await,
            }
        }
    }
}

/// Tells those who listen of one post after the other, for ever. A post is written out once, however many listen.
pub async fn work(app: Arc<App>) {
    loop {
        let (at, post) = app.untold.next().await;
        let run = TELL.start(Attempt::only().available_at(at));
        app.live.tell(&statuses::status(&app, &post).to_string());
        run.success();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_too_much_is_told_to_nobody_and_the_rest_in_order() {
        let untold = Untold::default();
        for id in 0..=ROOM {
            untold.push(&Post {
                id: id as i64,
                author: "alice".to_owned(),
                content: String::new(),
                published: 0,
            });
        }
        let depth = untold.depth();
        assert_eq!(depth.ready, ROOM as u64);
        assert!(depth.oldest_ready_age.is_some());
        for id in 0..ROOM {
            assert_eq!(untold.next().await.1.id, id as i64);
        }
        assert_eq!(untold.depth(), Depth::default());
    }
}
