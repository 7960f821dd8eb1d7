//! Neighbours that speak HTTP: actors with keys, pages with titles, and an inbox.

use std::{sync::Arc, time::Duration};

use axum::{
    Json, Router,
    body::Bytes,
    extract::{OriginalUri, Path, State},
    response::{Html, IntoResponse, Response},
    routing::{get, post},
};
use http::{HeaderMap, StatusCode};

use super::{ACCOUNTS, Manner, Neighbour};
use crate::{
    federation::{
        activity::{actor_document, actor_url},
        keys::RemoteKeys,
        signature::{Claim, public_pem},
    },
    outgoing::Outgoing,
};

/// How long the slow one takes.
const SLOW: Duration = Duration::from_millis(900);

struct Server {
    neighbour: Arc<Neighbour>,
    keys: RemoteKeys,
    outgoing: Outgoing,
}

pub(super) async fn serve<L>(listener: L, neighbour: Arc<Neighbour>, outgoing: Outgoing)
where
    L: axum::serve::Listener,
    L::Addr: std::fmt::Debug,
{
    let server = Arc::new(Server {
        neighbour,
        keys: RemoteKeys::default(),
        outgoing,
    });
    let router = Router::new()
        .route("/users/{name}", get(actor))
        .route("/users/{name}/inbox", post(inbox))
        .route("/inbox", post(inbox))
        .route("/pages/{name}", get(page))
        .with_state(server);
    if let Err(error) = axum::serve(listener, router).await {
        tracing::error!(%error, "a neighbour stopped listening");
    }
}

async fn actor(State(server): State<Arc<Server>>, Path(name): Path<String>) -> Response {
    let neighbour = &server.neighbour;
    if let Some(status) = neighbour.manner.refusal() {
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
) -> StatusCode {
    let neighbour = &server.neighbour;
    neighbour.note_asked();
    if let Some(status) = neighbour.manner.refusal() {
        return status;
    }
    if neighbour.manner == Manner::Slow {
        tokio::time::sleep(SLOW).await;
    }
    let Ok(claim) = Claim::read(uri.path(), &headers, &body) else {
        return StatusCode::UNAUTHORIZED;
    };
    let Ok(signer) = server.keys.owner(&server.outgoing, &claim.key_id).await else {
        return StatusCode::UNAUTHORIZED;
    };
    if claim.verify(&signer.key).is_err() {
        return StatusCode::UNAUTHORIZED;
    }
    neighbour.note_accepted();
    StatusCode::ACCEPTED
}

async fn page(State(server): State<Arc<Server>>, Path(name): Path<String>) -> Response {
    match server.neighbour.manner.refusal() {
        Some(status) => status.into_response(),
        None if name == "untitled" => Html("<p>nothing".to_owned()).into_response(),
        None => Html("<!doctype html><title>A page of the neighbourhood</title>".to_owned())
            .into_response(),
    }
}
