//! A world that is asked so seldom that it may take its time: nobody waits longer for a scrape than until the next.

use std::time::Duration;

use fediverse::token::Token;
use stack::{Options, Stack};
use tempfile::TempDir;

use crate::injection::{Injection, Watched};
use crate::process::{self, Process};

/// One process that nobody asks for anything.
pub(super) struct Slow {
    stack: Stack,
    process: Process,
    _data: TempDir,
}

impl Watched for Slow {
    const HURRY: u32 = 1;

    fn watchers(&self) -> &Stack {
        &self.stack
    }
}

impl Slow {
    pub(super) fn start() -> Self {
        let data = process::folder();
        let process = Process::start(data.path(), "idle", None);
        let token = Token::create(data.path()).unwrap();
        let options = Options {
            scrape: Some(Duration::from_secs(6)),
            ..Options::default()
        };
        let stack = Stack::around(process.address, &token, &options).unwrap();
        Self {
            stack,
            process,
            _data: data,
        }
    }
}

pub(super) const FAULT: Injection<Slow> = Injection {
    name: "what is shown has to be waited for",
    begin: |world| world.process.begin("drowse"),
    wakes: &["ScrapeSlow"],
    end: |_| (),
};
