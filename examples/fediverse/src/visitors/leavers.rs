//! Leavers: clients that are gone half-way, because their train went into a tunnel.

use std::time::Duration;

use http::header;
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::{Dice, Visitor};
use crate::federation::signature;

/// More than the sockets on both sides can hold.
const FILM: usize = 12 * 1024 * 1024;

/// After so many turns the film is sent anew.
const FRESH: u64 = 100;

pub(super) async fn leave(visitor: Visitor, hanging: Option<String>, mut dice: Dice) {
    let mut film = String::new();
    for turn in 0_u64.. {
        // Films do not stay for ever.
        if turn.is_multiple_of(FRESH) {
            film = upload(&visitor).await.unwrap_or_default();
        }
        match turn % 3 {
            0 => drop(half_a_download(&visitor, &film).await),
            1 => drop(half_an_upload(&visitor).await),
            _ => {
                if let Some(base) = &hanging {
                    before_the_answer(&visitor, base).await;
                }
            }
        }
        dice.wait(1500).await;
    }
}

async fn upload(visitor: &Visitor) -> Option<String> {
    let (_, answer) = visitor
        .ask(
            visitor
                .client
                .post(visitor.url("/api/v1/media"))
                .body(vec![b'f'; FILM]),
        )
        .await?;
    let document: Value = serde_json::from_slice(&answer).ok()?;
    Some(document.get("id")?.as_str()?.to_owned())
}

async fn connect(visitor: &Visitor) -> std::io::Result<TcpStream> {
    TcpStream::connect(visitor.base.trim_start_matches("http://")).await
}

async fn half_a_download(visitor: &Visitor, film: &str) -> std::io::Result<()> {
    let mut stream = connect(visitor).await?;
    stream
        .write_all(format!("GET /media/{film} HTTP/1.1\r\nhost: here\r\n\r\n").as_bytes())
        .await?;
    stream.read_exact(&mut vec![0; 64 * 1024]).await?;
    stream.set_zero_linger()
}

async fn half_an_upload(visitor: &Visitor) -> std::io::Result<()> {
    let mut stream = connect(visitor).await?;
    stream
        .write_all(b"POST /api/v1/media HTTP/1.1\r\nhost: here\r\ncontent-length: 1000000\r\n\r\n")
        .await?;
    stream.write_all(&vec![b'h'; 100_000]).await?;
    tokio::time::sleep(Duration::from_millis(50)).await;
    stream.set_zero_linger()
}

/// The server asks for the key at a neighbour that never answers, so there is time to leave.
async fn before_the_answer(visitor: &Visitor, hanging: &str) {
    let body = "{\"id\":\"x:1\",\"actor\":\"x:2\",\"type\":\"Like\"}";
    let url = visitor.url("/inbox");
    let (Ok(key), Ok(url)) = (fresh_key(), url::Url::parse(&url)) else {
        return;
    };
    let key_id = format!("{hanging}/users/ada#main-key");
    let Ok(headers) = signature::sign(&key, &key_id, &url, body.as_bytes()) else {
        return;
    };
    let request = visitor
        .client
        .post(url)
        .headers(headers)
        .header(header::CONTENT_TYPE, "application/json")
        .body(body);
    tokio::time::timeout(Duration::from_millis(300), request.send())
        .await
        .ok();
}

fn fresh_key() -> Result<ring::signature::Ed25519KeyPair, ring::error::Unspecified> {
    let document =
        ring::signature::Ed25519KeyPair::generate_pkcs8(&ring::rand::SystemRandom::new())?;
    ring::signature::Ed25519KeyPair::from_pkcs8(document.as_ref())
        .map_err(|_| ring::error::Unspecified)
}
