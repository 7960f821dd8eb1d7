//! `process`: does what a received activity asks for.

use serde_json::Value;

use crate::{
    App,
    federation::{activity, publish},
    model::{Follower, Post, clock},
    queue::{Job, JobError},
};

/// Does it. An activity that asks for nothing we have is done at once.
///
/// # Errors
///
/// When the database or a queue fails.
pub async fn process(app: &App, inbox: &str, received: &Value) -> Result<(), JobError> {
    let text = |pointer: &str| {
        received
            .pointer(pointer)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    let actor = text("/actor");
    match text("/type") {
        "Create" => {
            let at = activity_time(received);
            Post::receive(
                &app.pool,
                actor,
                text("/object/id"),
                text("/object/content"),
                at,
            )
            .await?;
        }
        "Like" => {
            if let Some(id) = app
                .local_part(text("/object"), "/notes/")
                .and_then(|id| id.parse::<i64>().ok())
            {
                sqlx::query("UPDATE posts SET likes = likes + 1 WHERE id = ? AND local = 1")
                    .bind(id)
                    .execute(&app.pool)
                    .await?;
            }
        }
        "Follow" => {
            if let Some(user) = app
                .local_part(text("/object"), "/users/")
                .and_then(|name| app.user(name))
            {
                let follower = Follower {
                    user: user.name.clone(),
                    actor: actor.to_owned(),
                    inbox: inbox.to_owned(),
                };
                follower.add(&app.pool, false).await?;
                let accept = activity::accept(&app.base, &user.name, received);
                publish::deliver(app, &user.name, inbox.to_owned(), &accept, clock::now()).await?;
                let subject = format!("{actor} follows you");
                app.queues
                    .enqueue(Job::Mail {
                        user: user.name.clone(),
                        subject,
                    })
                    .await?;
            }
        }
        "Undo" => {
            if let Some(name) = app.local_part(text("/object/object"), "/users/") {
                Follower::remove(&app.pool, name, actor).await?;
            }
        }
        "Delete" => {
            let object = match text("/object") {
                "" => text("/object/id"),
                address => address,
            };
            sqlx::query("DELETE FROM posts WHERE uri = ? AND author = ? AND local = 0")
                .bind(object)
                .bind(actor)
                .execute(&app.pool)
                .await?;
        }
        _ => {}
    }
    Ok(())
}

fn activity_time(received: &Value) -> i64 {
    received
        .get("published")
        .and_then(Value::as_str)
        .and_then(clock::from_rfc3339)
        .unwrap_or_else(clock::now)
}
