//! Neighbours that speak HTTP: actors with keys, pages with titles, and an inbox.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Json, Router,
    body::Bytes,
    extract::{OriginalUri, Path, State},
    response::{Html, IntoResponse, Response},
    routing::{get, post},
};
use http::{HeaderMap, StatusCode, header};
use reqwest::Client;

use super::{ACCOUNTS, Manner, Neighbour};
use crate::federation::{
    activity::{MEDIA_TYPE, actor_document, actor_url},
    keys,
    signature::{Claim, public_pem},
};

/// How long the slow one takes.
const SLOW: Duration = Duration::from_millis(900);

/// What a neighbour has at hand. Its client is its own: what it asks is no request of ours.
struct Server {
    neighbour: Arc<Neighbour>,
    client: Client,
    known: Mutex<HashMap<String, [u8; 32]>>,
}

impl Server {
    async fn key(&self, key_id: &str) -> Option<[u8; 32]> {
        let remembered = self.known.lock().ok()?.get(key_id).copied();
        if remembered.is_some() {
            return remembered;
        }
        let request = self.client.get(key_id).header(header::ACCEPT, MEDIA_TYPE);
        let document = request.send().await.ok()?.json().await.ok()?;
        let key = keys::read(&document, key_id).ok()?.key;
        self.known.lock().ok()?.insert(key_id.to_owned(), key);
        Some(key)
    }
}

pub(super) async fn serve<L>(listener: L, neighbour: Arc<Neighbour>, client: Client)
where
    L: axum::serve::Listener,
    L::Addr: std::fmt::Debug,
{
    let dead = neighbour.dead.clone();
    let server = Arc::new(Server {
        neighbour,
        client,
        known: Mutex::default(),
    });
    let router = Router::new()
        .route("/users/{name}", get(actor))
        .route("/users/{name}/inbox", post(inbox))
        .route("/inbox", post(inbox))
        .route("/pages/{name}", get(page))
        .with_state(server);
    let serving = axum::serve(listener, router).with_graceful_shutdown(dead.cancelled_owned());
    if let Err(error) = serving.await {
        tracing::error!(%error, "a neighbour stopped listening");
    }
}

async fn actor(State(server): State<Arc<Server>>, Path(name): Path<String>) -> Response {
    let neighbour = &server.neighbour;
    if let Some(status) = neighbour.refusal() {
        return status.into_response();
    }
    if !ACCOUNTS.contains(&name.as_str()) {
        return StatusCode::NOT_FOUND.into_response();
    }
    let id = actor_url(&neighbour.base, &name);
    Json(actor_document(
        &id,
        &name,
        &neighbour.inbox(),
        &public_pem(&neighbour.key),
    ))
    .into_response()
}

async fn inbox(
    State(server): State<Arc<Server>>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let status = receive(&server, uri.path(), &headers, &body).await;
    if server.neighbour.manner == Manner::Small {
        return (status, [(header::CONNECTION, "close")]).into_response();
    }
    status.into_response()
}

async fn receive(server: &Server, path: &str, headers: &HeaderMap, body: &[u8]) -> StatusCode {
    let neighbour = &server.neighbour;
    neighbour.note_asked();
    if let Some(status) = neighbour.refusal() {
        return status;
    }
    if neighbour.manner == Manner::Slow {
        tokio::time::sleep(SLOW).await;
    }
    let Ok(claim) = Claim::read(path, headers, body) else {
        return StatusCode::UNAUTHORIZED;
    };
    let Some(key) = server.key(&claim.key_id).await else {
        return StatusCode::UNAUTHORIZED;
    };
    if claim.verify(&key).is_err() {
        return StatusCode::UNAUTHORIZED;
    }
    neighbour.note_accepted();
    StatusCode::ACCEPTED
}

async fn page(State(server): State<Arc<Server>>, Path(name): Path<String>) -> Response {
    match server.neighbour.refusal() {
        Some(status) => status.into_response(),
        None if name == "untitled" => Html("<p>nothing".to_owned()).into_response(),
        None => Html("<!doctype html><title>A page of the neighbourhood</title>".to_owned())
            .into_response(),
    }
}
