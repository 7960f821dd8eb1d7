//! `cargo run -p fediverse`: starts the server, says where it is, and ends it cleanly on Ctrl-C or SIGTERM.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program prints"
)]

use std::process::ExitCode;

use fediverse::options::{Command, USAGE};
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

#[tokio::main]
async fn main() -> ExitCode {
    let filter = EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| EnvFilter::new("warn,fediverse=info,apalis=error,apalis_core=error"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();

    let options = match Command::parse(std::env::args_os().skip(1)) {
        Ok(Command::Help) => {
            println!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        Ok(Command::Run(options)) => options,
        Err(error) => {
            eprintln!("fediverse: {error}");
            return ExitCode::from(2);
        }
    };
    match run(options).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("fediverse: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(options: fediverse::Options) -> anyhow::Result<()> {
    let (mut interrupt, mut terminate) = (
        signal(SignalKind::interrupt())?,
        signal(SignalKind::terminate())?,
    );
    let running = fediverse::start(options).await?;
    let base = format!("http://{}", running.address);
    println!("listening on      {base}");
    println!("data in           {}", running.data().display());
    println!("a person          curl {base}/api/v1/accounts/alice");
    println!("an actor          curl -H 'Accept: application/activity+json' {base}/users/alice");
    println!(
        "post something    curl -d '{{\"status\":\"hello\"}}' -H 'Content-Type: application/json' {base}/api/v1/statuses"
    );
    println!("listen to it      curl -N {base}/api/v1/streaming");
    println!("its metrics       {}", running.token.curl(&base));
    println!(
        "a scrape config for Prometheus:\n\n{}",
        running.token.scrape_config(running.address)
    );
    println!("Ctrl-C ends it.");
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    println!("ending: running jobs get a few seconds");
    running.shutdown().await;
    Ok(())
}
