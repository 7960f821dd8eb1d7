//! PostgreSQL, through sqlx, deadpool and bb8.

use std::str::FromStr;

use bb8_postgres::PostgresConnectionManager;
use deadpool_postgres::{Manager, Runtime};
use fedimetrics_services::Postgres;
use sqlx_0_9::postgres::PgPoolOptions;
use tokio_postgres::{Config, NoTls};

use crate::exhausted::{LIMIT, exhaust};

fn config(postgres: &Postgres) -> Config {
    Config::from_str(&postgres.url()).unwrap()
}

#[tokio::test]
async fn who_waits_for_postgresql_shows() {
    let postgres = Postgres::start();

    let one = PgPoolOptions::new().max_connections(1);
    let database = one.acquire_timeout(LIMIT).connect(&postgres.url()).await;
    let database = database.unwrap();
    exhaust(database.clone(), || database.acquire()).await;
    database.close().await;

    let manager = Manager::new(config(&postgres), NoTls);
    let one = deadpool_postgres::Pool::builder(manager).max_size(1);
    let database = one.wait_timeout(Some(LIMIT)).runtime(Runtime::Tokio1);
    let database = database.build().unwrap();
    exhaust(database.clone(), || database.get()).await;
    database.close();

    let manager = PostgresConnectionManager::new(config(&postgres), NoTls);
    let one = bb8::Pool::builder().max_size(1).connection_timeout(LIMIT);
    let database = one.build(manager).await.unwrap();
    exhaust(database.clone(), || database.get()).await;
}
