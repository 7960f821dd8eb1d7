//! A world of two processes: one within limits, and one that starts anew in one way and another.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use fediverse::token::Token;
use stack::{Hurry, Options, Queries, Stack};
use tempfile::TempDir;

use super::faults::Needs;
use super::group::Group;
use crate::injection::{PATIENCE, Watched, engines};
use crate::process::{self, BESIDE, Process};

/// Files that the one within limits may open.
const FILES: &str = "256";

/// Takes little of what it may, goes through the doors of its groups, and has a storage of its own that nobody else sees. What
/// follows is the program, its folder, and the rest.
const WITHIN_LIMITS: &str = r#"
ulimit -n "$FILES"
for door in $DOORS; do echo $$ >"$door"; done
[ -n "$STORAGE" ] || exec "$@"
exec unshare --mount sh -ec '
    token=$(cat "$2/metrics.token")
    mount -t tmpfs -o size=32m,mode=700 none "$2"
    (umask 077 && printf %s "$token" >"$2/metrics.token")
    exec "$@"' sh "$@"
"#;

/// Two processes that nobody asks for anything, and all that watches them.
pub(super) struct Limited {
    stack: Stack,
    pub(super) within: Process,
    pub(super) anew: Process,
    data: [TempDir; 2],
    // After those who are in it.
    group: Result<Group, String>,
    storage: Result<(), String>,
}

impl Watched for Limited {
    /// An hour is a minute and a half, and the quarter of one in which a process starts three times long enough for that.
    const HURRY: u32 = 40;

    fn watchers(&self) -> &Stack {
        &self.stack
    }
}

impl Limited {
    pub(super) fn start() -> Self {
        let data = [process::folder(), process::folder()];
        let token = Token::create(data[0].path()).unwrap();
        fs::copy(token.path(), data[1].path().join("metrics.token")).unwrap();

        let (group, storage) = (Group::make(), can_mount());
        let mut command = Command::new("sh");
        command.args(["-ec", WITHIN_LIMITS, "sh", BESIDE]);
        let doors = group.as_ref().map(Group::doors).unwrap_or_default();
        command.env("DOORS", doors.join(" ")).env("FILES", FILES);
        command.env("STORAGE", if storage.is_ok() { "own" } else { "" });
        let within = Process::become_one(command, data[0].path(), "idle", None);
        let anew = Process::start(data[1].path(), "idle", None);
        let options = Options {
            scrape: Some(Duration::from_secs(1)),
            hurry: Hurry::by(Self::HURRY).unwrap(),
            beside: vec![anew.address],
            ..Options::default()
        };
        let stack = Stack::around(within.address, &token, &options).unwrap();
        Self {
            stack,
            within,
            anew,
            data,
            group,
            storage,
        }
    }

    /// Why this machine does not have that, if it does not.
    pub(super) fn lacks(&self, needs: Needs) -> Option<&str> {
        match needs {
            Needs::Nothing => None,
            Needs::Group => self.group.as_ref().err().map(String::as_str),
            Needs::Mounts => self.storage.as_ref().err().map(String::as_str),
        }
    }

    /// The second one dies, and becomes what this command becomes.
    pub(super) fn start_anew_as(&mut self, command: Command, role: &str) {
        self.anew.kill();
        let (data, address) = (self.data[1].path(), self.anew.address);
        self.anew = Process::become_one(command, data, role, Some(address));
    }

    pub(super) fn start_anew(&mut self, role: &str) {
        self.start_anew_as(Command::new(BESIDE), role);
    }

    /// The same so often, and each time both have seen it.
    pub(super) fn start_again_and_again(&mut self, times: usize) {
        // Who has not seen it yet sees no change.
        let mut seen = self.seen_other_than(&[None, None]);
        for _ in 0..times {
            self.start_anew("idle");
            seen = self.seen_other_than(&seen);
        }
    }

    /// When the second one has begun, once both know that it was another time than this.
    fn seen_other_than(&self, before: &[Option<String>; 2]) -> [Option<String>; 2] {
        let (engines, deadline) = (engines(&self.stack), Instant::now() + PATIENCE);
        loop {
            let now = engines.each_ref().map(|(_, queries)| self.begun(queries));
            let mut both = now.iter().zip(before);
            if both.all(|(now, before)| now.is_some() && now != before) {
                return now;
            }
            assert!(Instant::now() < deadline, "{now:?} is all that is seen");
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// When the second one has begun.
    fn begun(&self, queries: &Queries) -> Option<String> {
        let address = self.anew.address;
        let asked = format!(r#"process_start_time_seconds{{instance="{address}"}}"#);
        let found = queries.instant(&asked).unwrap().into_iter().next()?;
        Some(found.value?.1)
    }
}

/// What becomes the program on one core.
pub(super) fn on_one_core() -> Command {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let mut lines = status.lines();
    let allowed = lines.find_map(|line| line.strip_prefix("Cpus_allowed_list:"));
    let first = allowed.unwrap().trim().split([',', '-']).next().unwrap();
    let mut command = Command::new("taskset");
    command.args(["--cpu-list", first, BESIDE]);
    command
}

/// What becomes the program, and believes that it is an hour ago. How time passes stays as it is.
pub(super) fn an_hour_ago() -> Command {
    let mut command = Command::new(BESIDE);
    command
        .env("LD_PRELOAD", faketime())
        .env("FAKETIME", "-1h")
        .env("FAKETIME_DONT_FAKE_MONOTONIC", "1")
        .env("NO_FAKE_STAT", "1");
    command
}

/// Debian's library of that name, for programs with threads.
fn faketime() -> PathBuf {
    let folders = fs::read_dir("/usr/lib").unwrap();
    let mut places = folders.map(|folder| {
        let folder = folder.unwrap().path();
        folder.join("faketime/libfaketimeMT.so.1")
    });
    let found = places.find(|place| place.exists());
    found.unwrap_or_else(|| panic!("libfaketime is missing: install Debian's package of that name"))
}

/// Whether a process may have a storage of its own.
fn can_mount() -> Result<(), String> {
    let mut command = Command::new("unshare");
    command.args(["--mount", "sh", "-c", "mount -t tmpfs none /mnt"]);
    let output = command.output().map_err(|error| error.to_string())?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(format!("nothing can be mounted: {}", said.trim()))
}
