//! How others find the people and the software here: webfinger, nodeinfo, host-meta.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Query, State},
    response::IntoResponse,
};
use http::header;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Problem;
use crate::{
    App,
    federation::activity::{MEDIA_TYPE, actor_url},
    model::Post,
};

/// What webfinger is asked.
#[derive(Debug, Deserialize)]
pub struct Question {
    resource: String,
}

/// `GET /.well-known/webfinger?resource=acct:alice@host`
///
/// # Errors
///
/// When there is no such account.
pub async fn webfinger(
    State(app): State<Arc<App>>,
    Query(question): Query<Question>,
) -> Result<impl IntoResponse, Problem> {
    let resource = question.resource.as_str();
    let name = match resource
        .strip_prefix("acct:")
        .and_then(|account| account.split_once('@'))
    {
        Some((name, domain)) if domain == app.domain() => Some(name),
        Some(_) => None,
        None => app.local_part(resource, "/users/"),
    };
    let user = name
        .and_then(|name| app.user(name))
        .ok_or(Problem::NotFound)?;
    let actor = actor_url(&app.base, &user.name);
    let document = json!({
        "subject": format!("acct:{}@{}", user.name, app.domain()),
        "aliases": [actor],
        "links": [{ "rel": "self", "type": MEDIA_TYPE, "href": actor }],
    });
    Ok((
        [(header::CONTENT_TYPE, "application/jrd+json")],
        document.to_string(),
    ))
}

/// `GET /.well-known/nodeinfo`
pub async fn nodeinfo_links(State(app): State<Arc<App>>) -> Json<Value> {
    Json(json!({ "links": [{
        "rel": "http://nodeinfo.diaspora.software/ns/schema/2.1",
        "href": format!("{}/nodeinfo/2.1", app.base),
    }]}))
}

/// `GET /nodeinfo/2.1`
///
/// # Errors
///
/// When the database fails.
pub async fn nodeinfo(State(app): State<Arc<App>>) -> Result<Json<Value>, Problem> {
    let posts = Post::count(&app.pool, None).await?;
    Ok(Json(json!({
        "version": "2.1",
        "software": { "name": "fediverse", "version": env!("CARGO_PKG_VERSION") },
        "protocols": ["activitypub"],
        "services": { "inbound": [], "outbound": [] },
        "openRegistrations": false,
        "usage": { "users": { "total": app.users.len() }, "localPosts": posts },
        "metadata": {},
    })))
}

/// `GET /.well-known/host-meta`
pub async fn host_meta(State(app): State<Arc<App>>) -> impl IntoResponse {
    let document = format!(
        "<?xml version=\"1.0\"?><XRD xmlns=\"http://docs.oasis-open.org/ns/xri/xrd-1.0\"><Link rel=\"lrdd\" \
         template=\"{}/.well-known/webfinger?resource={{uri}}\"/></XRD>",
        app.base
    );
    ([(header::CONTENT_TYPE, "application/xrd+xml")], document)
}
