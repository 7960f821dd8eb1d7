//! The faults: what is made to happen, and who must notice.

use std::fs;
use std::time::{Duration, Instant};

use fediverse::{Fault, Running};
use stack::{Queries, Stack};
use tokio::runtime::Runtime;

use crate::asked::{self, Asked, starts};
use crate::process::Process;
use crate::seen::expression;

/// What is to be broken.
pub(crate) struct World {
    pub(crate) runtime: Runtime,
    pub(crate) stack: Stack,
    pub(crate) beside: Process,
    pub(crate) data: std::path::PathBuf,
    pub(crate) going_on: Vec<Fault>,
}

/// A fault, and the beginnings of the places where it is seen.
pub(crate) struct Injection {
    name: &'static str,
    begin: fn(&mut World),
    wakes: &'static [&'static str],
    end: fn(&mut World),
}

/// In this order: what cannot be mended comes last.
pub(crate) const ALL: [Injection; 9] = [
    Injection {
        name: "apps and servers that send what is refused",
        begin: World::send_nonsense,
        wakes: &["ClientErrorsDoubled", "InboxRefusesMore"],
        end: |_| (),
    },
    Injection {
        name: "no name is found",
        begin: |world| world.server().break_dns(),
        wakes: &["DeliveriesFailEverywhere"],
        end: |world| world.server().mend_dns(),
    },
    Injection {
        name: "mail lies around",
        begin: |world| {
            let lying = world.server().leave_mail_lying(200);
            world.runtime.block_on(lying).unwrap();
        },
        wakes: &["QueueLate"],
        end: |_| (),
    },
    Injection {
        name: "a process starts anew",
        begin: |world| world.beside.restart(&world.data, "web"),
        wakes: &["Restarted"],
        end: |_| (),
    },
    Injection {
        name: "a process is gone",
        begin: |world| world.beside.kill(),
        wakes: &["ProcessDown", "RoleDown"],
        end: |_| (),
    },
    Injection {
        name: "neighbours are switched off",
        begin: |world| world.server().kill_good_neighbours(),
        wakes: &["DeliveriesFailEverywhere"],
        end: |_| (),
    },
    Injection {
        name: "the runtime is blocked",
        begin: |world| {
            let _runtime = world.runtime.enter();
            let stalled = world.server().stall_runtime();
            world.going_on.push(stalled);
        },
        wakes: &["RuntimeStalled"],
        end: |world| world.going_on.clear(),
    },
    Injection {
        name: "the pool is exhausted",
        begin: |world| {
            let exhausted = world.runtime.block_on(world.server().exhaust_pool());
            world.going_on.push(exhausted.unwrap());
        },
        wakes: &["PoolExhausted", "http.json, Failed by route"],
        end: |world| world.going_on.clear(),
    },
    Injection {
        name: "the server is gone",
        begin: |world| {
            fs::rename(&world.data, world.data.with_extension("gone")).unwrap();
            std::thread::sleep(Duration::from_secs(4));
            world.stack.kill_server();
        },
        wakes: &["ServerDown"],
        end: |_| (),
    },
];

/// Longer than any of them takes on a slow machine; nobody else waits.
const PATIENCE: Duration = Duration::from_secs(45);

impl World {
    fn server(&self) -> &Running {
        self.stack.server.as_ref().unwrap()
    }

    /// An app that has got something wrong, and a server that cannot sign.
    fn send_nonsense(&mut self) {
        let base = &self.server().app.base;
        for _ in 0..150 {
            let asked = ureq::get(format!("{base}/api/v1/accounts/nobody")).call();
            assert!(asked.is_err());
            let sent = ureq::post(format!("{base}/inbox")).send("{}");
            assert!(sent.is_err());
        }
    }
}

fn some(queries: &Queries, asked: &Asked) -> bool {
    let found = queries.instant(&expression(&asked.expression)).unwrap();
    let mut values = found.iter().filter_map(|one| one.value.as_ref());
    values.any(|(_, value)| value != "NaN")
}

impl Injection {
    /// Lets it happen. Who has nothing to say before and something then, has noticed; says who has not.
    pub(crate) fn inject(&self, world: &mut World) -> Vec<String> {
        let engines = [
            ("Prometheus", world.stack.prometheus()),
            ("VictoriaMetrics", world.stack.victoria_metrics()),
        ];
        let woken = || {
            let all = asked::panels().into_iter().chain(asked::alerts());
            all.filter(|asked| starts(&asked.place, self.wakes))
        };
        let mut wrong = Vec::new();
        let mut wait = |what: &str, there: bool| {
            for (engine, queries) in &engines {
                for asked in woken() {
                    let deadline = Instant::now() + PATIENCE;
                    while some(queries, &asked) != there {
                        if Instant::now() > deadline {
                            wrong.push(format!("{engine}, {}: {} {what}", self.name, asked.place));
                            break;
                        }
                        std::thread::sleep(Duration::from_millis(500));
                    }
                }
            }
        };
        let now = Instant::now();
        wait("speaks before", false);
        let before = now.elapsed();
        (self.begin)(world);
        wait("says nothing", true);
        eprintln!("{}: {before:?} {:?}", self.name, now.elapsed());
        for _ in 0..5 {
        for (engine, queries) in &engines {
            let all = asked::panels().into_iter().filter(|asked| starts(&asked.place, &crate::EMPTY.map(|(b,_)| b))).chain(asked::alerts());
            let said: Vec<_> = all.filter(|asked| some(queries, asked)).map(|asked| asked.place).collect();
            eprintln!("   {engine} {:?} {}", now.elapsed(), said.join("; "));
        }
        std::thread::sleep(Duration::from_secs(3));
        }
        (self.end)(world);
        wrong
    }
}
