//! The keys of remote actors: fetched when first seen, then remembered for a while.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use serde_json::Value;

use super::{activity::MEDIA_TYPE, signature::public_from_pem};
use crate::outgoing::{FetchError, Outgoing, Purpose};

const REMEMBERED: Duration = Duration::from_secs(300);
const AT_MOST: usize = 1000;

/// A remote actor, as far as we need to know it.
#[derive(Clone, Debug)]
pub struct RemoteActor {
    /// Its address.
    pub id: String,
    /// Where it receives: the shared inbox where there is one.
    pub inbox: String,
    /// Its public key.
    pub key: [u8; 32],
}

/// Why a key cannot be had.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The actor's document could not be fetched.
    #[error("the actor could not be fetched")]
    Fetch(#[source] FetchError),
    /// The document is not JSON.
    #[error("the actor cannot be read")]
    Json(#[source] serde_json::Error),
    /// The document lacks what we need, or speaks of somebody else.
    #[error("the actor lacks {0}")]
    Lacks(&'static str),
}

/// The remembered actors, by the address of their key.
#[derive(Debug, Default)]
pub struct RemoteKeys {
    known: Mutex<HashMap<String, (Instant, RemoteActor)>>,
}

impl RemoteKeys {
    /// Who owns that key.
    ///
    /// # Errors
    ///
    /// When the key is not known and cannot be had.
    pub async fn owner(&self, outgoing: &Outgoing, key_id: &str) -> Result<RemoteActor, KeyError> {
        if let Some(actor) = self.remembered(key_id) {
            return Ok(actor);
        }
        let url = key_id.split('#').next().unwrap_or(key_id);
        let document = outgoing
            .fetch(Purpose::Key, url, MEDIA_TYPE)
            .await
            .map_err(KeyError::Fetch)?;
        let actor = read(
            &serde_json::from_slice(&document).map_err(KeyError::Json)?,
            key_id,
        )?;
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= AT_MOST {
            known.clear();
        }
        known.insert(key_id.to_owned(), (Instant::now(), actor.clone()));
        Ok(actor)
    }

    fn remembered(&self, key_id: &str) -> Option<RemoteActor> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known
            .get(key_id)
            .filter(|(since, _)| since.elapsed() < REMEMBERED)
            .map(|(_, actor)| actor.clone())
    }
}

/// Reads an actor's document, which must be that of the key's owner.
///
/// # Errors
///
/// When it lacks what we need, or speaks of somebody else.
pub fn read(document: &Value, key_id: &str) -> Result<RemoteActor, KeyError> {
    let text = |pointer: &str| document.pointer(pointer).and_then(Value::as_str);
    let id = text("/id").ok_or(KeyError::Lacks("an id"))?;
    if text("/publicKey/id") != Some(key_id) || text("/publicKey/owner") != Some(id) {
        return Err(KeyError::Lacks("the key that signed"));
    }
    let pem = text("/publicKey/publicKeyPem").ok_or(KeyError::Lacks("a key"))?;
    let inbox = text("/endpoints/sharedInbox")
        .or_else(|| text("/inbox"))
        .ok_or(KeyError::Lacks("an inbox"))?;
    Ok(RemoteActor {
        id: id.to_owned(),
        inbox: inbox.to_owned(),
        key: public_from_pem(pem).ok_or(KeyError::Lacks("an Ed25519 key"))?,
    })
}
