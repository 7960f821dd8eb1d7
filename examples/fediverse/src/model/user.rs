//! A local user: a name and the key that signs what they send.

use std::sync::Arc;

use crate::database::Database;
use ring::{rand::SystemRandom, signature::Ed25519KeyPair};

/// The people who live here.
const NAMES: [&str; 3] = ["alice", "bob", "carol"];

/// A local user.
#[derive(Clone, Debug)]
pub struct User {
    /// What the user is called, and the last part of the actor's address.
    pub name: String,
    /// The key pair that signs their activities.
    pub key: Arc<Ed25519KeyPair>,
}

impl User {
    /// All local users; they are made on the first start.
    ///
    /// # Errors
    ///
    /// When the database fails, or a stored key cannot be read.
    pub async fn all(pool: &Database) -> anyhow::Result<Vec<Self>> {
        let mut users = Vec::with_capacity(NAMES.len());
        for name in NAMES {
            let fresh = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new())
                .map_err(|_| anyhow::anyhow!("no random numbers for a key"))?;
            sqlx::query("INSERT INTO users (name, key) VALUES (?, ?) ON CONFLICT DO NOTHING")
                .bind(name)
                .bind(fresh.as_ref())
                .execute(pool)
                .await?;
            let (stored,): (Vec<u8>,) = sqlx::query_as("SELECT key FROM users WHERE name = ?")
                .bind(name)
                .fetch_one(pool)
                .await?;
            let key = Ed25519KeyPair::from_pkcs8(&stored)
                .map_err(|error| anyhow::anyhow!("the key of {name} cannot be read: {error}"))?;
            users.push(Self {
                name: name.to_owned(),
                key: Arc::new(key),
            });
        }
        Ok(users)
    }
}
