//! A flood: now and then, everybody comes at once.

use std::time::Duration;

use futures_util::{StreamExt, stream};

use serde_json::json;

use super::Visitor;

/// How long it takes until the first one.
const FIRST: Duration = Duration::from_secs(10);
/// How long it takes until the next one.
const CALM: Duration = Duration::from_secs(25);
/// How many requests it brings.
const REQUESTS: usize = 200;
/// How many of them at a time.
const AT_A_TIME: usize = 12;

/// How many posts the thread has that it came for: too much for servers that do not keep up.
const THREAD: usize = 8;

pub(super) async fn flood(visitor: Visitor) {
    tokio::time::sleep(FIRST).await;
    loop {
        for part in 1..=THREAD {
            let draft = json!({ "status": format!("{part}/{THREAD} of a long story") }).to_string();
            let request = visitor.client.post(visitor.url("/api/v1/statuses"));
            let request = request
                .header(http::header::CONTENT_TYPE, "application/json")
                .body(draft);
            visitor.ask(request).await;
        }
        stream::iter(0..REQUESTS)
            .for_each_concurrent(AT_A_TIME, |number| {
                let visitor = &visitor;
                async move {
                    let path = if number % 2 == 0 {
                        "/users/alice"
                    } else {
                        "/api/v1/timelines/public"
                    };
                    visitor.get(path).await;
                }
            })
            .await;
        tokio::time::sleep(CALM).await;
    }
}
