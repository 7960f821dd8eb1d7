//! A census: how many people, posts and servers are known here.

use crate::database::Database;

/// The numbers, read in one statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Census {
    /// People who live here.
    pub local_users: i64,
    /// What they have posted.
    pub local_posts: i64,
    /// People elsewhere who follow somebody here.
    pub remote_users: i64,
    /// The servers they live on.
    pub known_servers: i64,
}

impl Census {
    /// Counts.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn read(pool: &Database) -> sqlx::Result<Self> {
        sqlx::query_as(
            "SELECT (SELECT count(*) FROM users) AS local_users,
                (SELECT count(*) FROM posts WHERE local = 1) AS local_posts,
                (SELECT count(DISTINCT actor) FROM followers) AS remote_users,
                (SELECT count(DISTINCT inbox) FROM followers) AS known_servers",
        )
        .fetch_one(pool)
        .await
    }
}
