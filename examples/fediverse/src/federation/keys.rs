//! The keys of remote actors: fetched when first seen, then remembered for a while.

use std::{
    collections::HashMap,
    mem::size_of,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
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
    held: Arc<AtomicU64>,
}

impl RemoteKeys {
    /// How many bytes of memory they take, about: what a scrape reads while others look something up.
    #[must_use]
    pub fn held(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.held)
    }

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
        self.remember(key_id, actor.clone());
        Ok(actor)
    }

    fn remember(&self, key_id: &str, actor: RemoteActor) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= AT_MOST {
            known.clear();
            self.held.store(0, Ordering::Relaxed);
        }
        let room = size(key_id, &actor);
        let former = known.insert(key_id.to_owned(), (Instant::now(), actor));
        self.held.fetch_add(room, Ordering::Relaxed);
        if let Some((_, former)) = former {
            let room = size(key_id, &former);
            self.held.fetch_sub(room, Ordering::Relaxed);
        }
    }

    fn remembered(&self, key_id: &str) -> Option<RemoteActor> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known
            .get(key_id)
            .filter(|(since, _)| since.elapsed() < REMEMBERED)
            .map(|(_, actor)| actor.clone())
    }
}

/// What one of them takes: the table's place for it, and its texts.
fn size(key_id: &str, actor: &RemoteActor) -> u64 {
    let place = size_of::<(String, (Instant, RemoteActor))>();
    let texts = key_id.len() + actor.id.len() + actor.inbox.len();
    (place + texts) as u64
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

#[cfg(test)]
mod tests {
    use super::*;

    fn actor(id: &str) -> RemoteActor {
        RemoteActor {
            id: id.to_owned(),
            inbox: "http://a/inbox".to_owned(),
            key: [0; 32],
        }
    }

    #[test]
    fn whoever_is_remembered_takes_memory_once_until_all_are_forgotten() {
        let keys = RemoteKeys::default();
        let held = keys.held();
        let held = || held.load(Ordering::Relaxed);
        keys.remember("a", actor("a"));
        let one = held();
        assert!(one > 0);
        keys.remember("a", actor("a"));
        assert_eq!(held(), one);
        for number in 1..AT_MOST {
            keys.remember(&number.to_string(), actor("b"));
        }
        assert!(held() > one);
        keys.remember("z", actor("z"));
        assert_eq!(held(), one);
    }
}
