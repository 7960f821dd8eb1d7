//! The router: every route of the server, built by one function.

use std::sync::Arc;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    routing::{get, post},
};

use crate::{
    App,
    web::{actor, discovery, front, inbox, media, note, statuses, streaming},
};

/// The largest activity that is read.
const ACTIVITY: usize = 1024 * 1024;
/// The largest upload that is read.
const UPLOAD: usize = 16 * 1024 * 1024;

/// Builds it. Layers around the whole go here.
pub fn build(app: Arc<App>) -> Router {
    let federation = Router::new()
        .route("/users/{id}", get(actor::actor))
        .route("/users/{id}/outbox", get(actor::outbox))
        .route("/users/{id}/followers", get(actor::followers))
        .route("/users/{id}/inbox", post(inbox::personal))
        .route("/inbox", post(inbox::shared))
        .route("/notes/{id}", get(note::note))
        .layer(DefaultBodyLimit::max(ACTIVITY));
    let discovery = Router::new()
        .route("/.well-known/webfinger", get(discovery::webfinger))
        .route("/.well-known/nodeinfo", get(discovery::nodeinfo_links))
        .route("/.well-known/host-meta", get(discovery::host_meta))
        .route("/nodeinfo/2.1", get(discovery::nodeinfo));
    let client = Router::new()
        .route("/api/v1/timelines/public", get(statuses::timeline))
        .route("/api/v1/statuses", post(statuses::publish))
        .route("/api/v1/statuses/{id}/reblog", post(statuses::reblog))
        .route("/api/v1/accounts/{id}", get(statuses::account))
        .route("/api/v1/streaming", get(streaming::listen));
    let files = Router::new()
        .route("/api/v1/media", post(media::upload))
        .route("/media/{name}", get(media::download))
        .layer(DefaultBodyLimit::max(UPLOAD));

    Router::new()
        .route("/", get(front::front))
        .merge(federation)
        .merge(discovery)
        .merge(client)
        .merge(files)
        .with_state(app)
}
