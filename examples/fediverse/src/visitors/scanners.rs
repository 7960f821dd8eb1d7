//! Scanners: they try paths, methods and hosts that somebody else's software may have.

use http::Method;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::{Dice, Visitor};

const PATHS: [&str; 8] = [
    "/wp-login.php",
    "/.env",
    "/.git/config",
    "/admin/",
    "/cgi-bin/luci",
    "/users/%2e%2e/%2e%2e/etc/passwd",
    "/media/..%2ffediverse.db",
    "/api/v1/instance",
];
const METHODS: [&str; 6] = ["GET", "HEAD", "PUT", "PROPFIND", "FROBNICATE", "DELETE"];

pub(super) async fn scan(visitor: Visitor, mut dice: Dice) {
    for turn in 0_u64.. {
        let path = match dice.roll(3) {
            0 => format!("/{:x}/{turn}", dice.roll(u64::MAX)),
            _ => dice.pick(&PATHS).unwrap_or("/").to_owned(),
        };
        let method = match dice.roll(6) {
            0 => format!("X{:X}", dice.roll(1 << 40)),
            _ => dice.pick(&METHODS).unwrap_or("GET").to_owned(),
        };
        if turn % 8 == 7 {
            long_host(&visitor, &path).await.ok();
        } else if let Ok(method) = Method::from_bytes(method.as_bytes()) {
            visitor
                .ask(visitor.client.request(method, visitor.url(&path)))
                .await;
        }
        dice.wait(450).await;
    }
}

/// What no well-behaved client would write.
async fn long_host(visitor: &Visitor, path: &str) -> std::io::Result<()> {
    let address = visitor.base.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).await?;
    let host = "long.".repeat(200);
    let request =
        format!("GET {path} HTTP/1.1\r\nhost: {host}example\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    stream.read_to_end(&mut Vec::new()).await.map(|_| ())
}
