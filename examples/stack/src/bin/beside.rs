//! One more process of the demo server, for a stack to scrape. It says where its metrics are, and ends when nobody holds its input
//! any longer. Each line that it reads is a fault to begin.
#![allow(clippy::print_stdout, reason = "a program prints")]

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::{Context, bail};
use fediverse::Options;
use tokio::io::{AsyncBufReadExt, BufReader, stdin};

const USAGE: &str = "beside FOLDER web|alone [ADDRESS]
web    one that answers, on the data of another that works the queues off
alone  nobody comes, and it has no neighbours";

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args_os().skip(1);
    let data = arguments.next().map(PathBuf::from).context(USAGE)?;
    let role = arguments.next().context(USAGE)?;
    let address = match arguments.next() {
        Some(address) => address.to_string_lossy().parse()?,
        None => SocketAddr::from(([127, 0, 0, 1], 0)),
    };
    let options = Options {
        listen: ([127, 0, 0, 1], 0).into(),
        data: Some(data),
        neighbours: false,
        ..Options::default()
    };
    let options = match role.to_str() {
        Some("web") => Options {
            workers: false,
            ..options
        },
        Some("alone") => Options {
            visitors: false,
            ..options
        },
        _ => bail!(USAGE),
    };
    let server = fediverse::start(options).await?;
    let metrics = stack::show_metrics(&server, address)?;
    println!("{}", metrics.local_addr().context("it listens nowhere")?);

    let mut faults = Vec::new();
    let mut lines = BufReader::new(stdin()).lines();
    // Its end is what is waited for, and an error is one.
    while let Ok(Some(line)) = lines.next_line().await {
        faults.push(match line.as_str() {
            "crowd" => server.crowd_pool(),
            "stall" => server.stall_runtime(),
            other => bail!("there is no fault {other:?}"),
        });
    }
    drop(faults);
    server.shutdown().await;
    Ok(())
}
