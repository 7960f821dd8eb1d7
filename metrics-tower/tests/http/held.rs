//! Handles that are held for long: a recorder that forgets idle series would let a gauge go below zero.

use axum::Router;
use axum::routing::get;
use axum_0_8 as axum;
use std::sync::Arc;
use tokio::sync::Semaphore;

use crate::support::{Server, Version};

#[tokio::test]
async fn a_gauge_comes_back_to_zero_however_often_it_was_scraped_meanwhile() {
    let gate = Arc::new(Semaphore::new(0));
    let opened = gate.clone();
    let handler = async move || {
        let _ = opened.acquire().await;
    };
    let server = Server::routes(Router::new().route("/slow", get(handler))).await;
    let mut client = server.client(Version::H1).await;
    let asking = tokio::spawn(async move { client.read("GET", "/slow").await });
    server
        .eventually(|scrape| scrape.sum("http_server_active_requests", &[]) == 1.0)
        .await;
    for _ in 0..500 {
        assert_eq!(server.active(), 1.0);
    }
    gate.add_permits(1);
    asking.await.unwrap();
    server.one_ended("ok").await;
    let lowest = server
        .scrape()
        .samples()
        .iter()
        .map(|sample| sample.value)
        .fold(f64::INFINITY, f64::min);
    assert!(lowest >= 0.0, "{lowest}");
}
