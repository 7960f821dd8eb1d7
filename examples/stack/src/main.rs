//! `cargo run -p stack`: starts the demo server and all that watches it, says where they are, and ends all on Ctrl-C.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program prints"
)]

use std::process::ExitCode;

use stack::{
    Options, Stack,
    options::{Command, USAGE},
};
use tokio::signal::unix::{SignalKind, signal};

#[tokio::main]
async fn main() -> ExitCode {
    let options = match Command::parse(std::env::args_os().skip(1)) {
        Ok(Command::Help) => {
            println!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        Ok(Command::Run(options)) => options,
        Err(error) => {
            eprintln!("stack: {error}");
            return ExitCode::from(2);
        }
    };
    match run(options).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("stack: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(options: Options) -> anyhow::Result<()> {
    let (mut interrupt, mut terminate) = (
        signal(SignalKind::interrupt())?,
        signal(SignalKind::terminate())?,
    );
    let mut stack = Stack::start(&options).await?;
    if let Some(folder) = &options.pictures {
        println!(
            "traffic for {} s, then the pictures",
            options.traffic.as_secs()
        );
        tokio::select! {
            drawn = stack.draw(folder, options.traffic) => drawn?,
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    } else {
        println!("{stack}\nCtrl-C ends all.");
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    }
    println!("ending");
    stack.end().await;
    Ok(())
}
