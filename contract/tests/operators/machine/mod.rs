//! Machine: a folder that stands for a fresh Debian without systemd, on which the guide is followed.
//!
//! What is below `/etc` and `/var/lib` there is below the folder here, once a package or the guide has put it there, the guide's ports are free ones, and `apt`, `install` and
//! `systemctl` are the three scripts in `bin/`. All else is the guide's own words. As root, programs run as the users that Debian's
//! units name, so whoever may not read a file cannot.

mod port;
mod running;
mod unit;

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use fedimetrics_contract::{Block, rules};
use port::Port;
use running::Running;
use tempfile::TempDir;
use unit::Unit;

/// The guide's ports.
const PORTS: [u16; 10] = [8420, 9090, 9093, 8428, 8880, 8080, 9100, 9113, 9121, 9187];

pub(crate) struct Machine {
    // Programs first, then the folder that they write to.
    running: BTreeMap<String, Running>,
    ports: Vec<(u16, Port)>,
    /// What is waited for in minutes there, and has to be sooner here.
    hurried: Vec<(String, String)>,
    root: TempDir,
}

impl Machine {
    pub(crate) fn new(hurried: &[(&str, &str)]) -> Self {
        let root = tempfile::tempdir().unwrap();
        // Others than root have to pass.
        fs::set_permissions(root.path(), fs::Permissions::from_mode(0o755)).unwrap();
        for folder in ["etc/default", "etc/systemd/system", "var/lib", "lib", "log"] {
            fs::create_dir_all(root.path().join(folder)).unwrap();
        }
        let ports = PORTS.map(|port| (port, Port::keep()));
        Self {
            running: BTreeMap::new(),
            ports: ports.into(),
            hurried: owned(hurried),
            root,
        }
    }

    /// Where a path of the guide is here.
    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.root.path().join(path.trim_start_matches('/'))
    }

    /// Where a port of the guide is here, for somebody to listen on now.
    pub(crate) fn address(&mut self, port: u16) -> SocketAddr {
        let (_, here) = self
            .ports
            .iter_mut()
            .find(|(there, _)| *there == port)
            .unwrap();
        here.release()
    }

    /// A text of the guide as it has to be here.
    pub(crate) fn here(&self, text: &str) -> String {
        let mut here = text.to_owned();
        for (from, to) in &self.hurried {
            here = here.replace(from, to);
        }
        for path in ["/etc/", "/var/lib/"] {
            here = here.replace(path, self.path(path).to_str().unwrap());
        }
        for (port, to) in &self.ports {
            here = here.replace(
                &format!("127.0.0.1:{port}"),
                &format!("127.0.0.1:{}", to.number()),
            );
        }
        here
    }

    /// Does what a block says: writes the file that it is, or runs it. Returns what was said.
    pub(crate) fn follow(&mut self, block: &Block) -> String {
        match block.file() {
            Some(file) => {
                let path = self.path(file);
                fs::write(&path, self.here(&block.text)).unwrap_or_else(|error| {
                    panic!("{}: there is no place for {file}: {error}", block.name)
                });
                String::new()
            }
            None => self.run(block),
        }
    }

    fn run(&mut self, block: &Block) -> String {
        assert_eq!(
            block.language(),
            "sh",
            "{}: what is to be done with it?",
            block.name
        );
        let bin = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/operators/machine/bin");
        let path = env::join_paths(
            [bin]
                .into_iter()
                .chain(env::split_paths(&env::var_os("PATH").unwrap())),
        );
        let run = Command::new("sh")
            .args(["-euc", &self.here(&block.text)])
            .env("ROOT", self.root.path())
            .env("PATH", path.unwrap())
            // A copy of the repository.
            .current_dir(rules::folder().join(".."))
            .output()
            .unwrap();
        let said = [run.stdout, run.stderr].concat();
        let said = String::from_utf8_lossy(&said).into_owned();
        let well = run.status.success();
        assert!(well, "{}: {said}\n{}", block.name, self.logs());
        self.do_what_systemd_was_asked();
        said
    }

    /// What its programs said last.
    fn logs(&self) -> String {
        let log = |name: &String| {
            let log = fs::read_to_string(self.path(&format!("log/{name}"))).unwrap_or_default();
            let last: Vec<_> = log.lines().rev().take(5).collect();
            last.into_iter()
                .rev()
                .map(|line| format!("{name}: {line}\n"))
                .collect::<String>()
        };
        self.running.keys().map(log).collect()
    }

    fn do_what_systemd_was_asked(&mut self) {
        let file = self.path("asked");
        let asked = fs::read_to_string(&file).unwrap_or_default();
        let _ = fs::remove_file(file);
        for line in asked.lines() {
            let mut words = line.split(' ');
            match words.next().unwrap_or_default() {
                "daemon-reload" => {}
                "enable" => words.for_each(|name| assert!(self.unit(name).is_wanted(), "{name}")),
                "restart" => words.for_each(|name| self.restart(name)),
                // Those that were there before the guide.
                "reload" => assert_eq!(line, "reload nginx"),
                _ => panic!("systemctl {line}"),
            }
        }
    }

    /// One of the administrator's units, or of a package's that was installed.
    fn unit(&self, name: &str) -> Unit {
        let text = ["etc", "lib"].iter().find_map(|of| {
            fs::read_to_string(self.path(&format!("{of}/systemd/system/{name}.service"))).ok()
        });
        Unit::read(name, &text.unwrap_or_else(|| panic!("no {name}.service")))
    }

    fn restart(&mut self, name: &str) {
        self.running.remove(name);
        let unit = self.unit(name);
        let settings = unit.settings().map(|file| {
            let file = self.path(file);
            fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
        });
        let built_in = self.here(unit::built_in(name));
        let program = unit.program(&settings.unwrap_or_default(), &built_in);
        let listens = program.listens();
        let port = self
            .ports
            .iter_mut()
            .find(|(_, port)| port.number() == listens.port());
        let (_, port) = port.unwrap_or_else(|| panic!("{name} listens on {listens}"));
        port.release();
        let log = self.path(&format!("log/{name}"));
        self.running.insert(name.to_owned(), program.start(&log));
    }
}

fn owned(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs
        .iter()
        .map(|(from, to)| ((*from).to_owned(), (*to).to_owned()))
        .collect()
}
