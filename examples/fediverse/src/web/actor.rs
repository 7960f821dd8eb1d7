//! An actor and its collections.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    response::{Html, IntoResponse, Response},
};
use fedimetrics_core::stage::{RENDER, Stage};
use http::HeaderMap;
use serde_json::Value;

use super::{
    Problem,
    accept::{self, escape, wants_activity},
};
use crate::{
    App,
    federation::activity::{self, actor_url},
    model::{Follower, Post},
};

/// How many posts are shown.
const PAGE: i64 = 20;

/// `GET /users/{id}`
///
/// # Errors
///
/// When there is no such user, or the database fails.
pub async fn actor(
    State(app): State<Arc<App>>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let user = app.user(&name).ok_or(Problem::NotFound)?;
    if wants_activity(&headers) {
        return Ok(accept::activity(&activity::actor(&app.base, user)));
    }
    let posts = Post::by(&app.pool, &user.name, PAGE).await?;
    let _rendering = Stage::begin(RENDER);
    let items: String = posts
        .iter()
        .map(|post| format!("<li>{}</li>", escape(&post.content)))
        .collect();
    Ok(Html(format!(
        "<!doctype html><title>{name}</title><h1>{name}</h1><ul>{items}</ul>"
    ))
    .into_response())
}

/// `GET /users/{id}/outbox`
///
/// # Errors
///
/// When there is no such user, or the database fails.
pub async fn outbox(
    State(app): State<Arc<App>>,
    Path(name): Path<String>,
) -> Result<Response, Problem> {
    let user = app.user(&name).ok_or(Problem::NotFound)?;
    let total = Post::count(&app.pool, Some(&user.name)).await?;
    let posts = Post::by(&app.pool, &user.name, PAGE).await?;
    let items: Vec<Value> = posts
        .iter()
        .map(|post| activity::create(&app.base, post))
        .collect();
    let id = format!("{}/outbox", actor_url(&app.base, &user.name));
    Ok(accept::activity(&activity::collection(&id, total, &items)))
}

/// `GET /users/{id}/followers`
///
/// # Errors
///
/// When there is no such user, or the database fails.
pub async fn followers(
    State(app): State<Arc<App>>,
    Path(name): Path<String>,
) -> Result<Response, Problem> {
    let user = app.user(&name).ok_or(Problem::NotFound)?;
    let actors = Follower::actors(&app.pool, &user.name).await?;
    let total = i64::try_from(actors.len()).unwrap_or(i64::MAX);
    let items: Vec<Value> = actors.into_iter().map(Value::from).collect();
    let id = format!("{}/followers", actor_url(&app.base, &user.name));
    Ok(accept::activity(&activity::collection(&id, total, &items)))
}
