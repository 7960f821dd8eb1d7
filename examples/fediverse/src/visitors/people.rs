//! People: they read, write, pass on, send pictures and look at them.

use serde_json::{Value, json};

use super::{Dice, Visitor};

pub(super) async fn live(visitor: Visitor, user: String, pages: Vec<String>, mut dice: Dice) {
    let (mut last_post, mut last_file) = (None, None);
    for turn in 0_usize.. {
        match dice.roll(20) {
            0..=3 => {
                let link = if turn % 3 == 0 && !pages.is_empty() {
                    &pages[turn % pages.len()]
                } else {
                    ""
                };
                let status = format!("a thought, number {turn} {link}");
                let draft = json!({ "status": status.trim(), "user": user }).to_string();
                let request = visitor.client.post(visitor.url("/api/v1/statuses"));
                let request = request
                    .header(http::header::CONTENT_TYPE, "application/json")
                    .body(draft);
                last_post = read(visitor.ask(request).await, "id").or(last_post);
            }
            4 => {
                if let Some(post) = &last_post {
                    let path = format!("/api/v1/statuses/{post}/reblog");
                    visitor.ask(visitor.client.post(visitor.url(&path))).await;
                }
            }
            5 => last_file = read(upload(&visitor, &mut dice, turn).await, "id").or(last_file),
            6 | 7 => {
                if let Some(file) = &last_file {
                    visitor.get(&format!("/media/{file}")).await;
                }
            }
            8 => drop(visitor.get("/").await),
            9 => drop(visitor.get(&format!("/api/v1/accounts/{user}")).await),
            10 => {
                if let Some(post) = &last_post {
                    visitor.get(&format!("/notes/{post}")).await;
                }
            }
            // Somebody else's mistake, and their app's.
            11 => drop(visitor.get("/api/v1/accounts/nobody").await),
            12 => drop(
                visitor
                    .ask(
                        visitor
                            .client
                            .post(visitor.url("/api/v1/statuses"))
                            .body("{"),
                    )
                    .await,
            ),
            _ => drop(visitor.get("/api/v1/timelines/public?limit=20").await),
        }
        dice.wait(700).await;
    }
}

/// As a form or as the bare file, in turns.
async fn upload(
    visitor: &Visitor,
    dice: &mut Dice,
    turn: usize,
) -> Option<(http::StatusCode, bytes::Bytes)> {
    let picture = vec![b'p'; usize::try_from(20_000 + dice.roll(300_000)).ok()?];
    let request = visitor.client.post(visitor.url("/api/v1/media"));
    let request = if turn.is_multiple_of(2) {
        request
            .header(http::header::CONTENT_TYPE, "image/png")
            .body(picture)
    } else {
        let head =
            b"--edge\r\ncontent-disposition: form-data; name=\"file\"; filename=\"p.png\"\r\n\r\n";
        let form = [&head[..], &picture, b"\r\n--edge--\r\n"].concat();
        request
            .header(
                http::header::CONTENT_TYPE,
                "multipart/form-data; boundary=edge",
            )
            .body(form)
    };
    visitor.ask(request).await
}

fn read(answer: Option<(http::StatusCode, bytes::Bytes)>, field: &str) -> Option<String> {
    let document: Value = serde_json::from_slice(&answer?.1).ok()?;
    document.get(field)?.as_str().map(str::to_owned)
}
