//! The faults: what is made to happen, and who must notice.

use std::any::Any;
use std::sync::mpsc::{TryRecvError, channel};
use std::thread;
use std::time::{Duration, Instant};

use fediverse::Running;
use stack::{Queries, Stack};
use tokio::runtime::Runtime;

use crate::injection::{Injection, PATIENCE, Watched, engines};
use crate::process::Process;

/// What is to be broken.
pub(crate) struct World {
    pub(crate) runtime: Runtime,
    pub(crate) stack: Stack,
    pub(crate) beside: Process,
    pub(crate) data: std::path::PathBuf,
    /// Over once it is dropped.
    pub(crate) going_on: Vec<Box<dyn Any>>,
}

/// In this order: what cannot be mended comes late.
pub(crate) const ALL: [Injection<World>; 15] = [
    Injection {
        name: "apps and servers that send what is refused",
        begin: World::send_nonsense,
        wakes: &["ClientErrorsDoubled", "InboxRefusesMore"],
        end: |world| world.going_on.clear(),
    },
    Injection {
        name: "no name is found",
        begin: |world| world.server().break_dns(),
        wakes: &["DeliveriesFailEverywhere"],
        end: |world| world.server().mend_dns(),
    },
    Injection {
        name: "mail lies around",
        begin: World::leave_mail_lying,
        wakes: &["QueueLate"],
        end: |world| world.going_on.clear(),
    },
    Injection {
        name: "the mail server says nothing more",
        begin: |world| world.server().silence_mail(),
        wakes: &["JobHung"],
        end: |world| world.server().mend_mail(),
    },
    Injection {
        name: "a dependency counts strangers by their names",
        begin: |world| {
            let counted = {
                let _runtime = world.runtime.enter();
                world.server().count_strangers()
            };
            world.going_on.push(Box::new(counted));
        },
        wakes: &["SeriesOverflow", "runtime.json, Overflow by metric"],
        end: |world| world.going_on.clear(),
    },
    Injection {
        name: "good neighbours have left, as a long thread finds out",
        begin: |world| {
            world.server().good_neighbours_leave();
            world.post(10);
        },
        wakes: &["DeadServers"],
        end: |world| world.server().good_neighbours_return(),
    },
    Injection {
        name: "a rule lets nothing out, and gives no reason",
        begin: |world| {
            world.server().spend_budget();
            world.post(1);
        },
        wakes: &["ReasonUnknown"],
        end: |world| world.server().renew_budget(),
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
        name: "the pool is exhausted",
        begin: |world| {
            let exhausted = world.runtime.block_on(world.server().exhaust_pool());
            world.going_on.push(Box::new(exhausted.unwrap()));
        },
        wakes: &[
            "PoolExhausted",
            "QueueUnread",
            "InboxSilent",
            "http.json, Failures by surface and outcome",
            "http.json, Failed by route",
            "runtime.json, Collectors that fail",
        ],
        end: |world| world.going_on.clear(),
    },
    Injection {
        name: "the runtime is blocked, with mail that waits",
        begin: |world| {
            world.leave_mail_lying();
            // What has been read last is all that is known of a queue from then on.
            world.until_both_see(r#"job_queue_depth{queue="mail",state="ready"} > 0"#);
            let stalled = {
                let _runtime = world.runtime.enter();
                world.server().stall_runtime()
            };
            world.going_on.push(Box::new(stalled));
        },
        wakes: &["RuntimeStalled", "QueueStuck"],
        end: |world| world.going_on.clear(),
    },
    Injection {
        name: "neighbours are switched off, after a long thread",
        begin: |world| {
            world.post(10);
            world.server().kill_good_neighbours();
        },
        wakes: &["DeliveriesFailEverywhere", "FinalFailuresUnusual"],
        end: |_| (),
    },
    Injection {
        name: "the pool is crowded, and so is the server",
        begin: World::rush,
        wakes: &["PeopleWait"],
        end: |world| world.going_on.clear(),
    },
    Injection {
        name: "the database is gone",
        begin: |world| world.runtime.block_on(world.server().app.pool.close()),
        wakes: &["PeopleSeeErrors"],
        end: |_| (),
    },
    Injection {
        name: "the server is gone",
        begin: |world| world.stack.kill_server(),
        wakes: &["ServerDown"],
        end: |_| (),
    },
];

/// All places that a fault wakes.
pub(crate) fn woken() -> impl Iterator<Item = &'static str> {
    ALL.iter().flat_map(|fault| fault.wakes).copied()
}

impl Watched for World {
    /// A week is then 84 seconds, and an hour the four that are the least.
    const HURRY: u32 = 7200;

    fn watchers(&self) -> &Stack {
        &self.stack
    }
}

impl World {
    fn server(&self) -> &Running {
        self.stack.server.as_ref().unwrap()
    }

    /// An app that has got something wrong, and a server that cannot sign: they go on and on.
    fn send_nonsense(&mut self) {
        self.go_on(1, |base| {
            let _ = ureq::get(format!("{base}/api/v1/accounts/nobody")).call();
            let _ = ureq::post(format!("{base}/inbox")).send("{}");
        });
    }

    /// Many people, and many who want a connection of the pool.
    fn rush(&mut self) {
        let crowd = {
            let _runtime = self.runtime.enter();
            self.server().crowd_pool()
        };
        self.going_on.push(Box::new(crowd));
        self.go_on(40, |base| {
            let _ = ureq::get(format!("{base}/api/v1/timelines/public")).call();
        });
    }

    /// Old letters, and more of them all the time.
    fn leave_mail_lying(&mut self) {
        let lying = {
            let _runtime = self.runtime.enter();
            self.server().let_mail_lie()
        };
        self.going_on.push(Box::new(lying));
    }

    fn until_both_see(&self, what: &str) {
        let (engines, deadline) = (engines(&self.stack), Instant::now() + PATIENCE);
        let sees = |queries: &Queries| !queries.instant(what).unwrap().is_empty();
        while !engines.iter().all(|(_, queries)| sees(queries)) {
            assert!(Instant::now() < deadline, "nobody has seen {what}");
            thread::sleep(Duration::from_millis(100));
        }
    }

    /// Some threads do this again and again until it is over.
    fn go_on(&mut self, threads: usize, what: fn(&str)) {
        for _ in 0..threads {
            let base = self.server().app.base.clone();
            let (going_on, ended) = channel::<()>();
            thread::spawn(move || {
                while ended.try_recv() == Err(TryRecvError::Empty) {
                    what(&base);
                }
            });
            self.going_on.push(Box::new(going_on));
        }
    }

    /// Posts so often in the name of whom most servers follow.
    fn post(&self, times: usize) {
        let url = format!("{}/api/v1/statuses", self.server().app.base);
        for part in 1..=times {
            let draft = format!(r#"{{"status": "{part}/{times} of a long thread"}}"#);
            let request = ureq::post(&url).content_type("application/json");
            request.send(draft).unwrap();
        }
    }
}
