//! The ActivityStreams documents that this server writes.

use serde_json::{Value, json};

use crate::model::{Post, User, clock::rfc3339};

/// The media type of every document in here.
pub const MEDIA_TYPE: &str = "application/activity+json";

/// The address that means everybody.
const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";
const CONTEXT: &str = "https://www.w3.org/ns/activitystreams";

/// The address of a local user's actor.
#[must_use]
pub fn actor_url(base: &str, name: &str) -> String {
    format!("{base}/users/{name}")
}

/// Where the key of an actor is named.
#[must_use]
pub fn key_url(actor: &str) -> String {
    format!("{actor}#main-key")
}

/// A local user's actor.
#[must_use]
pub fn actor(base: &str, user: &User) -> Value {
    let id = actor_url(base, &user.name);
    actor_document(
        &id,
        &user.name,
        &format!("{base}/inbox"),
        &super::signature::public_pem(&user.key),
    )
}

/// Any actor whose own inbox lies below its address.
#[must_use]
pub fn actor_document(id: &str, name: &str, shared_inbox: &str, pem: &str) -> Value {
    json!({
        "@context": [CONTEXT, "https://w3id.org/security/v1"],
        "id": id,
        "type": "Person",
        "preferredUsername": name,
        "inbox": format!("{id}/inbox"),
        "outbox": format!("{id}/outbox"),
        "followers": format!("{id}/followers"),
        "endpoints": { "sharedInbox": shared_inbox },
        "publicKey": { "id": key_url(id), "owner": id, "publicKeyPem": pem },
    })
}

/// A local post as a note.
#[must_use]
pub fn note(base: &str, post: &Post) -> Value {
    let actor = actor_url(base, &post.author);
    json!({
        "@context": CONTEXT,
        "id": format!("{base}/notes/{}", post.id),
        "type": "Note",
        "attributedTo": actor,
        "content": post.content,
        "published": rfc3339(post.published),
        "to": [PUBLIC],
        "cc": [format!("{actor}/followers")],
    })
}

/// The activity that publishes a local post.
#[must_use]
pub fn create(base: &str, post: &Post) -> Value {
    let mut object = note(base, post);
    let id = format!("{base}/notes/{}/activity", post.id);
    if let Some(fields) = object.as_object_mut() {
        fields.remove("@context");
    }
    json!({
        "@context": CONTEXT,
        "id": id,
        "type": "Create",
        "actor": actor_url(base, &post.author),
        "published": rfc3339(post.published),
        "to": [PUBLIC],
        "object": object,
    })
}

/// The activity by which a local user passes a post on.
#[must_use]
pub fn announce(base: &str, name: &str, post: i64, at: i64) -> Value {
    let actor = actor_url(base, name);
    json!({
        "@context": CONTEXT,
        "id": format!("{actor}/announces/{post}-{at}"),
        "type": "Announce",
        "actor": actor,
        "published": rfc3339(at),
        "to": [PUBLIC],
        "object": format!("{base}/notes/{post}"),
    })
}

/// The activity that accepts a follower.
#[must_use]
pub fn accept(base: &str, name: &str, follow: &Value) -> Value {
    let actor = actor_url(base, name);
    let what = follow.get("id").and_then(Value::as_str).unwrap_or_default();
    json!({
        "@context": CONTEXT,
        "id": format!("{actor}/accepts/{what}"),
        "type": "Accept",
        "actor": actor,
        "object": follow,
    })
}

/// A list of things: an outbox, the followers.
#[must_use]
pub fn collection(id: &str, total: i64, items: &[Value]) -> Value {
    json!({
        "@context": CONTEXT,
        "id": id,
        "type": "OrderedCollection",
        "totalItems": total,
        "orderedItems": items,
    })
}
