//! A post: written here, or received from elsewhere.

use crate::database::Database;

/// One post.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Post {
    /// Its number here.
    pub id: i64,
    /// A local user's name, or a remote actor's address.
    pub author: String,
    /// Its text.
    pub content: String,
    /// When it was published, in milliseconds since 1970.
    pub published: i64,
}

impl Post {
    /// Stores what a local user wrote.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn publish(
        pool: &Database,
        author: &str,
        content: &str,
        published: i64,
    ) -> sqlx::Result<Self> {
        sqlx::query_as(
            "INSERT INTO posts (author, content, published, local) VALUES (?, ?, ?, 1)
             RETURNING id, author, content, published",
        )
        .bind(author)
        .bind(content)
        .bind(published)
        .fetch_one(pool)
        .await
    }

    /// Stores what a remote actor sent, once.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn receive(
        pool: &Database,
        author: &str,
        uri: &str,
        content: &str,
        at: i64,
    ) -> sqlx::Result<()> {
        sqlx::query(
            "INSERT INTO posts (author, uri, content, published, local) VALUES (?, ?, ?, ?, 0) ON CONFLICT DO NOTHING",
        )
        .bind(author)
        .bind(uri)
        .bind(content)
        .bind(at)
        .execute(pool)
        .await?;
        Ok(())
    }

    /// The local post of that number.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn local(pool: &Database, id: i64) -> sqlx::Result<Option<Self>> {
        sqlx::query_as(
            "SELECT id, author, content, published FROM posts WHERE id = ? AND local = 1",
        )
        .bind(id)
        .fetch_optional(pool)
        .await
    }

    /// The newest posts, from anywhere.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn timeline(pool: &Database, limit: i64) -> sqlx::Result<Vec<Self>> {
        sqlx::query_as("SELECT id, author, content, published FROM posts ORDER BY id DESC LIMIT ?")
            .bind(limit)
            .fetch_all(pool)
            .await
    }

    /// The newest posts of one author.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn by(pool: &Database, author: &str, limit: i64) -> sqlx::Result<Vec<Self>> {
        sqlx::query_as("SELECT id, author, content, published FROM posts WHERE author = ? ORDER BY id DESC LIMIT ?")
            .bind(author)
            .bind(limit)
            .fetch_all(pool)
            .await
    }

    /// How many posts one author has; of everybody here where absent.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn count(pool: &Database, author: Option<&str>) -> sqlx::Result<i64> {
        sqlx::query_scalar(
            "SELECT count(*) FROM posts WHERE local = 1 AND (?1 IS NULL OR author = ?1)",
        )
        .bind(author)
        .fetch_one(pool)
        .await
    }
}
