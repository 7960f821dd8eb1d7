//! One more process of the demo server, for a stack to scrape. It says where its metrics are, and ends when nobody holds its input
//! any longer. Each line that it reads is a fault to begin, and `mend` ends all of them.
#![allow(clippy::print_stdout, reason = "a program prints")]

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::{Context, bail};
use fedimetrics_core::{Builder, Collector, Samples};
use fediverse::{Fault, Options, Running};
use tikv_jemallocator::Jemalloc;
use tokio::io::{AsyncBufReadExt, BufReader, stdin};

#[global_allocator]
static ALLOCATOR: Jemalloc = Jemalloc;

const USAGE: &str = "beside FOLDER web|alone|idle|bare [ADDRESS]
web    one that answers, on the data of another that works the queues off
alone  nobody comes, and it has no neighbours
idle   the same, and it works no queue off
bare   the same, without the layer that follows requests";

/// What takes so long when it is slow: longer than a scrape should.
const SLOW: Duration = Duration::from_millis(2200);

/// Whether [`Drowsy`] is slow.
static DROWSY: AtomicBool = AtomicBool::new(false);

/// A collector that its host has added, and that sometimes waits for something.
struct Drowsy;

impl Collector for Drowsy {
    fn name(&self) -> &'static str {
        "drowsy"
    }

    fn collect(&self, _: &mut Samples) {
        if DROWSY.load(Ordering::Relaxed) {
            thread::sleep(SLOW);
        }
    }
}

/// What this program has beside the server.
fn beside(builder: Builder<'_>) -> Builder<'_> {
    builder.with_jemalloc().collect(Drowsy)
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args_os().skip(1);
    let data = arguments.next().map(PathBuf::from).context(USAGE)?;
    let role = arguments.next().context(USAGE)?;
    let address = match arguments.next() {
        Some(address) => address.to_string_lossy().parse()?,
        None => SocketAddr::from(([127, 0, 0, 1], 0)),
    };
    let (workers, visitors, http_metrics) = match role.to_str() {
        Some("web") => (false, true, true),
        Some("alone") => (true, false, true),
        Some("idle") => (false, false, true),
        Some("bare") => (false, false, false),
        _ => bail!(USAGE),
    };
    let server = fediverse::start(Options {
        listen: ([127, 0, 0, 1], 0).into(),
        data: Some(data),
        neighbours: false,
        workers,
        visitors,
        http_metrics,
        beside,
        ..Options::default()
    })
    .await?;
    let metrics = stack::show_metrics(&server, address)?;
    println!("{}", metrics.local_addr().context("it listens nowhere")?);

    let mut faults = Vec::new();
    let mut lines = BufReader::new(stdin()).lines();
    // Its end is what is waited for, and an error is one.
    while let Ok(Some(line)) = lines.next_line().await {
        if line == "mend" {
            faults.clear();
        } else {
            faults.extend(begin(&server, &line)?);
        }
    }
    drop(faults);
    server.shutdown().await;
    Ok(())
}

fn begin(server: &Running, fault: &str) -> anyhow::Result<Option<Fault>> {
    Ok(Some(match fault {
        "crowd" => server.crowd_pool(),
        "stall" => server.stall_runtime(),
        // So many that nobody else is starved where there is one core.
        "burn" => server.burn_cpu(3),
        "memory" => server.fill_memory(),
        "child" => return Ok(server.starve_a_child()?),
        "files" => server.leak_files(),
        "storage" => server.fill_storage()?,
        "drowse" => {
            DROWSY.store(true, Ordering::Relaxed);
            return Ok(None);
        }
        other => bail!("there is no fault {other:?}"),
    }))
}
