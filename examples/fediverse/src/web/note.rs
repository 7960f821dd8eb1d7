//! A note: a post as others see it.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    response::{Html, IntoResponse, Response},
};
use fedimetrics_core::stage::{RENDER, Stage};
use http::HeaderMap;

use super::{
    Problem,
    accept::{self, escape, wants_activity},
};
use crate::{App, federation::activity, model::Post};

/// `GET /notes/{id}`
///
/// # Errors
///
/// When there is no such post, or the database fails.
pub async fn note(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let id = id.parse().map_err(|_| Problem::NotFound)?;
    let post = Post::local(&app.pool, id).await?.ok_or(Problem::NotFound)?;
    if wants_activity(&headers) {
        return Ok(accept::activity(&activity::note(&app.base, &post)));
    }
    let _rendering = Stage::begin(RENDER);
    let (author, content) = (escape(&post.author), escape(&post.content));
    Ok(Html(format!(
        "<!doctype html><title>{author}</title><p>{content}</p>"
    ))
    .into_response())
}
