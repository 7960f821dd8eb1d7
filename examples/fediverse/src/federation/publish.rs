//! Publishing: a post or an announcement becomes jobs, but for the inboxes that are shed.

use serde_json::Value;

use super::activity;
use crate::{
    App,
    model::{Follower, Post, clock},
    queue::{EnqueueError, Job, Offer, ShedReason, breaker::server_of},
    telemetry,
};

/// Why something could not be published.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PublishError {
    /// The database failed.
    #[error("the post could not be stored")]
    Database(#[from] sqlx::Error),
    /// The queue did not take a job.
    #[error("a job could not be queued")]
    Queue(#[from] EnqueueError),
}

/// Stores what a local user wrote, tells those who listen, and enqueues one delivery for each inbox.
///
/// # Errors
///
/// When it could not be stored or queued.
pub async fn publish(app: &App, user: &str, content: &str) -> Result<Post, PublishError> {
    let post = Post::publish(&app.pool, user, content, clock::now()).await?;
    app.untold.push(&post);
    let create = activity::create(&app.base, &post);
    for inbox in Follower::inboxes(&app.pool, user).await? {
        deliver(app, user, inbox, &create, post.published).await?;
    }
    let link = content
        .split_whitespace()
        .find(|word| word.starts_with("http://") || word.starts_with("https://"));
    if let Some(url) = link {
        app.queues
            .enqueue(Job::Card {
                url: url.to_owned(),
            })
            .await?;
    }
    Ok(post)
}

/// Enqueues the delivery of one activity to one inbox, unless it is shed.
///
/// # Errors
///
/// When the queue does not take it.
pub async fn deliver(
    app: &App,
    user: &str,
    inbox: String,
    activity: &Value,
    published: i64,
) -> Result<(), EnqueueError> {
    if offer(&telemetry::DELIVER, app, &inbox, published) == Offer::Enqueue {
        let (user, activity) = (user.to_owned(), activity.clone());
        enqueue(
            app,
            Job::Deliver {
                user,
                inbox,
                activity,
                published,
            },
        )
        .await?;
    }
    Ok(())
}

/// Passes a post on to all followers, in one job.
///
/// # Errors
///
/// When it could not be queued.
pub async fn announce(app: &App, user: &str, post: &Post) -> Result<(), PublishError> {
    let published = clock::now();
    let activity = activity::announce(&app.base, user, post.id, published);
    let mut inboxes = Follower::inboxes(&app.pool, user).await?;
    inboxes.retain(|inbox| offer(&telemetry::ANNOUNCE, app, inbox, published) == Offer::Enqueue);
    if !inboxes.is_empty() {
        enqueue(
            app,
            Job::Announce {
                user: user.to_owned(),
                inboxes,
                activity,
                published,
            },
        )
        .await?;
    }
    Ok(())
}

/// Offers one delivery to that worker's queue: the one place that decides whether it is let in or shed.
fn offer(worker: &fedimetrics_jobs::Job, app: &App, inbox: &str, published: i64) -> Offer {
    let offer = if app.is_blocked(&server_of(inbox)) {
        Offer::Shed(ShedReason::Blocked)
    } else {
        app.breaker.offer(inbox, published)
    };
    if let Offer::Shed(reason) = offer {
        tracing::debug!(inbox, ?reason, "a delivery is shed");
        worker.enqueued();
        worker.dropped(reason.into());
    }
    offer
}

async fn enqueue(app: &App, job: Job) -> Result<(), EnqueueError> {
    let (inboxes, published) = (job.inboxes().to_vec(), job.published().unwrap_or_default());
    let enqueued = app.queues.enqueue(job).await;
    if enqueued.is_err() {
        let settled = inboxes.iter();
        settled.for_each(|inbox| app.breaker.settled(inbox, published));
    }
    enqueued
}
