//! Faults: what an administrator fears, made to happen on purpose, so that it can be seen who notices.
//!
//! All of them are methods of [`Running`](crate::Running), a file for each place where things go wrong:
//!
//! | file | what fails | how |
//! | --- | --- | --- |
//! | `others.rs` | names | `break_dns`, until `mend_dns` |
//! | | good neighbours | `kill_good_neighbours`, for good; `good_neighbours_leave`, until `good_neighbours_return` |
//! | | the mail server | `silence_mail`, until `mend_mail` |
//! | `inside.rs` | the runtime | `stall_runtime` |
//! | | the pool | `exhaust_pool`, `crowd_pool` |
//! | | what the host has added itself | `count_strangers`; `spend_budget`, until `renew_budget` |
//! | `work.rs` | there is more to do | `hear_a_busy_neighbour`, `let_mail_lie` |
//! | `limits.rs` | what the machine gives this process | `burn_cpu`, `fill_memory`, `starve_a_child`, `leak_files`, `fill_storage` |
//!
//! Those that return a [`Fault`] last until it is dropped.

mod inside;
mod limits;
mod others;
mod work;

use std::any::Any;

use tokio::task::JoinSet;

/// A fault that lasts until it is dropped.
#[derive(Debug)]
#[must_use = "dropped, it is over"]
pub struct Fault {
    _tasks: JoinSet<()>,
    _held: Option<Box<dyn Any + Send>>,
}

impl Fault {
    /// Lasts as long as these run.
    const fn tasks(tasks: JoinSet<()>) -> Self {
        Self {
            _tasks: tasks,
            _held: None,
        }
    }

    /// Lasts as long as this is held.
    fn held(held: impl Any + Send) -> Self {
        Self {
            _tasks: JoinSet::new(),
            _held: Some(Box::new(held)),
        }
    }
}
