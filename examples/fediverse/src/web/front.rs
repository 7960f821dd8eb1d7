//! The front page.

use std::sync::Arc;

use axum::{extract::State, response::Html};
use fedimetrics_core::stage::{RENDER, Stage};

use super::{Problem, accept::escape};
use crate::{App, model::Post};

/// `GET /`
///
/// # Errors
///
/// When the database fails.
pub async fn front(State(app): State<Arc<App>>) -> Result<Html<String>, Problem> {
    let posts = Post::timeline(&app.pool, 20).await?;
    let _rendering = Stage::begin(RENDER);
    let items: String = posts
        .iter()
        .map(|post| {
            format!(
                "<li><b>{}</b> {}</li>",
                escape(&post.author),
                escape(&post.content)
            )
        })
        .collect();
    let people: String = app
        .users
        .iter()
        .map(|user| format!("<a href=\"/users/{0}\">{0}</a> ", user.name))
        .collect();
    Ok(Html(format!(
        "<!doctype html><meta charset=utf-8><title>{0}</title><h1>{0}</h1><p>{people}</p><ul>{items}</ul>",
        app.domain()
    )))
}
