//! Publishing: a post or an announcement becomes deliveries, but for those that are shed.

use serde_json::Value;

use crate::{
    App,
    federation::activity,
    model::{Follower, Post, clock},
    queue::{EnqueueError, Job, Offer, ShedReason},
};

/// Why something could not be published.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PublishError {
    /// The database failed.
    #[error("the post could not be stored")]
    Database(#[from] sqlx::Error),
    /// The queue did not take a delivery.
    #[error("a delivery could not be queued")]
    Queue(#[from] EnqueueError),
}

/// Stores what a local user wrote, tells those who listen, and enqueues one delivery for each inbox.
///
/// # Errors
///
/// When it could not be stored or queued.
pub async fn publish(app: &App, user: &str, content: &str) -> Result<Post, PublishError> {
    let post = Post::publish(&app.pool, user, content, clock::now()).await?;
    app.live.tell(&post);
    let create = activity::create(&app.base, &post);
    for inbox in Follower::inboxes(&app.pool, user).await? {
        offer_delivery(app, user, inbox, &create, post.published).await?;
    }
    if let Some(url) = content
        .split_whitespace()
        .find(|word| word.starts_with("http://") || word.starts_with("https://"))
    {
        app.queues
            .enqueue(Job::Card {
                url: url.to_owned(),
            })
            .await?;
    }
    Ok(post)
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
    inboxes.retain(|inbox| !app.is_blocked(&crate::queue::breaker::server_of(inbox)));
    if !inboxes.is_empty() {
        app.queues
            .enqueue(Job::Announce {
                user: user.to_owned(),
                inboxes,
                activity,
                published,
            })
            .await?;
    }
    Ok(())
}

/// Offers one delivery to the queue: the one place that decides whether it is let in or shed.
///
/// # Errors
///
/// When the queue does not take it.
pub async fn offer_delivery(
    app: &App,
    user: &str,
    inbox: String,
    activity: &Value,
    published: i64,
) -> Result<Offer, EnqueueError> {
    let offer = if app.is_blocked(&crate::queue::breaker::server_of(&inbox)) {
        Offer::Shed(ShedReason::Blocked)
    } else {
        app.breaker.offer(&inbox)
    };
    match offer {
        Offer::Enqueue => {
            let (user, activity) = (user.to_owned(), activity.clone());
            let enqueued = app
                .queues
                .enqueue(Job::Deliver {
                    user,
                    inbox: inbox.clone(),
                    activity,
                    published,
                })
                .await;
            if enqueued.is_err() {
                app.breaker.settled(&inbox);
            }
            enqueued?;
        }
        Offer::Shed(reason) => tracing::debug!(inbox, ?reason, "a delivery is shed"),
    }
    Ok(offer)
}
