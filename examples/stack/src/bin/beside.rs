//! One more process of the demo server, for a stack to scrape: `beside FOLDER`. It says its address, and ends when nobody holds
//! its input any longer.
#![allow(clippy::print_stdout, reason = "a program prints")]

use std::path::PathBuf;

use anyhow::Context;
use tokio::io::{AsyncReadExt, stdin};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let data = std::env::args_os()
        .nth(1)
        .map(PathBuf::from)
        .context("which folder?")?;
    let server = fediverse::start(fediverse::Options {
        listen: ([127, 0, 0, 1], 0).into(),
        data: Some(data),
        ..fediverse::Options::default()
    })
    .await?;
    println!("{}", server.address);
    let mut nothing = Vec::new();
    // Its end is what is waited for, and an error is one.
    let _ = stdin().read_to_end(&mut nothing).await;
    server.shutdown().await;
    Ok(())
}
