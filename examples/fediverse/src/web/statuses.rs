//! The client API: what people's apps ask for.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, Query, State, rejection::JsonRejection},
};
use fedimetrics_core::stage::{RENDER, Stage};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Problem;
use crate::{
    App,
    federation::{
        activity::actor_url,
        publish::{self, PublishError},
    },
    model::{Follower, Post, clock::rfc3339},
};

/// The longest post, in bytes.
const LONGEST: usize = 5000;

/// How much of a timeline is asked for.
#[derive(Debug, Deserialize)]
pub struct Page {
    limit: Option<i64>,
}

/// A post to be.
#[derive(Debug, Deserialize)]
pub struct Draft {
    status: String,
    user: Option<String>,
}

/// `GET /api/v1/timelines/public`
///
/// # Errors
///
/// When the database fails.
pub async fn timeline(
    State(app): State<Arc<App>>,
    Query(page): Query<Page>,
) -> Result<Json<Value>, Problem> {
    let posts = Post::timeline(&app.pool, page.limit.unwrap_or(20).clamp(1, 40)).await?;
    let _rendering = Stage::begin(RENDER);
    Ok(Json(posts.iter().map(|post| status(&app, post)).collect()))
}

/// `POST /api/v1/statuses`
///
/// # Errors
///
/// When the draft cannot be read, or could not be published.
pub async fn publish(
    State(app): State<Arc<App>>,
    draft: Result<Json<Draft>, JsonRejection>,
) -> Result<Json<Value>, Problem> {
    let Json(draft) = draft.map_err(|_| Problem::Malformed("send JSON with a field \"status\""))?;
    if draft.status.trim().is_empty() || draft.status.len() > LONGEST {
        return Err(Problem::Malformed("a status has between 1 and 5000 bytes"));
    }
    let user = app
        .user(draft.user.as_deref().unwrap_or("alice"))
        .ok_or(Problem::NotFound)?;
    let (name, posting) = (user.name.clone(), Arc::clone(&app));
    let post = whole(async move { publish::publish(&posting, &name, &draft.status).await }).await?;
    Ok(Json(status(&app, &post)))
}

/// `POST /api/v1/statuses/{id}/reblog`
///
/// # Errors
///
/// When there is no such post, or it could not be passed on.
pub async fn reblog(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    let id = id.parse().map_err(|_| Problem::NotFound)?;
    let post = Post::local(&app.pool, id).await?.ok_or(Problem::NotFound)?;
    let post = whole({
        let app = Arc::clone(&app);
        async move {
            publish::announce(&app, &post.author, &post)
                .await
                .map(|()| post)
        }
    })
    .await?;
    Ok(Json(status(&app, &post)))
}

/// Does it to its end, even if the client leaves: half of the followers must not be all who hear of a post.
async fn whole<T: Send + 'static>(
    publishing: impl Future<Output = Result<T, PublishError>> + Send + 'static,
) -> Result<T, Problem> {
    Ok(tokio::spawn(fedimetrics_core::carried(publishing)).await??)
}

/// `GET /api/v1/accounts/{id}`
///
/// # Errors
///
/// When there is no such user, or the database fails.
pub async fn account(
    State(app): State<Arc<App>>,
    Path(name): Path<String>,
) -> Result<Json<Value>, Problem> {
    let user = app.user(&name).ok_or(Problem::NotFound)?;
    let posts = Post::count(&app.pool, Some(&user.name)).await?;
    let followers = Follower::actors(&app.pool, &user.name).await?.len();
    Ok(Json(json!({
        "id": user.name,
        "acct": user.name,
        "url": actor_url(&app.base, &user.name),
        "statuses_count": posts,
        "followers_count": followers,
    })))
}

/// A post as apps read it.
#[must_use]
pub fn status(app: &App, post: &Post) -> Value {
    let url = if app.user(&post.author).is_some() {
        actor_url(&app.base, &post.author)
    } else {
        post.author.clone()
    };
    json!({
        "id": post.id.to_string(),
        "created_at": rfc3339(post.published),
        "content": post.content,
        "account": { "acct": post.author, "url": url },
    })
}
