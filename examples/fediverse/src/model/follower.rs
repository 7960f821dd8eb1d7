//! A follower: a remote actor that receives what a local user posts.

use crate::database::Database;

/// One remote actor that follows one local user.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Follower {
    /// The local user.
    pub user: String,
    /// The remote actor's address.
    pub actor: String,
    /// Where it wants to receive: its server's shared inbox where there is one.
    pub inbox: String,
}

impl Follower {
    /// Stores it; `seeded` ones are those of the neighbours that this process started.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn add(&self, pool: &Database, seeded: bool) -> sqlx::Result<()> {
        sqlx::query(
            "INSERT INTO followers (user, actor, inbox, seeded) VALUES (?, ?, ?, ?)
             ON CONFLICT (user, actor) DO UPDATE SET inbox = excluded.inbox",
        )
        .bind(&self.user)
        .bind(&self.actor)
        .bind(&self.inbox)
        .bind(seeded)
        .execute(pool)
        .await?;
        Ok(())
    }

    /// Forgets one.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn remove(pool: &Database, user: &str, actor: &str) -> sqlx::Result<()> {
        let statement =
            sqlx::query("DELETE FROM followers WHERE user = ? AND actor = ? AND seeded = 0");
        statement.bind(user).bind(actor).execute(pool).await?;
        Ok(())
    }

    /// Forgets the neighbours of an earlier process: their ports are gone.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn forget_seeded(pool: &Database) -> sqlx::Result<()> {
        sqlx::query("DELETE FROM followers WHERE seeded = 1")
            .execute(pool)
            .await?;
        Ok(())
    }

    /// Who follows that user.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn actors(pool: &Database, user: &str) -> sqlx::Result<Vec<String>> {
        sqlx::query_scalar("SELECT actor FROM followers WHERE user = ? ORDER BY actor")
            .bind(user)
            .fetch_all(pool)
            .await
    }

    /// Where that user's activities go: each inbox once, however many followers share it.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn inboxes(pool: &Database, user: &str) -> sqlx::Result<Vec<String>> {
        sqlx::query_scalar("SELECT DISTINCT inbox FROM followers WHERE user = ? ORDER BY inbox")
            .bind(user)
            .fetch_all(pool)
            .await
    }
}
