//! The faults of the second run: each uses up what one of its two processes may have, or starts one anew as it should not be.

use super::world::{Limited, an_hour_ago, on_one_core};
use crate::injection::Injection;

/// What a fault needs that not every machine gives.
#[derive(Clone, Copy)]
pub(super) enum Needs {
    Nothing,
    /// A control group can be made.
    Group,
    /// A process can have mounts of its own.
    Mounts,
}

pub(super) const ALL: [(Needs, Injection<Limited>); 8] = [
    (
        Needs::Nothing,
        Injection {
            name: "a process starts again and again",
            begin: |world| world.start_again_and_again(3),
            wakes: &["RestartLoop"],
            end: |_| (),
        },
    ),
    (
        Needs::Group,
        Injection {
            name: "more is computed than a quota allows",
            begin: |world| world.within.begin("burn"),
            wakes: &["Throttled"],
            end: |world| world.within.begin("mend"),
        },
    ),
    (
        Needs::Group,
        Injection {
            name: "memory is full",
            begin: |world| world.within.begin("memory"),
            wakes: &["MemoryRunsOut"],
            end: |world| world.within.begin("mend"),
        },
    ),
    (
        Needs::Group,
        Injection {
            name: "a child wants more memory than there is",
            begin: |world| world.within.begin("child"),
            wakes: &["OomKill"],
            end: |world| world.within.begin("mend"),
        },
    ),
    (
        Needs::Nothing,
        Injection {
            name: "files are opened and never closed",
            begin: |world| world.within.begin("files"),
            wakes: &["DescriptorsRunOut"],
            end: |world| world.within.begin("mend"),
        },
    ),
    (
        Needs::Mounts,
        Injection {
            name: "the storage is full",
            begin: |world| world.within.begin("storage"),
            wakes: &["StorageFillsUp"],
            end: |world| world.within.begin("mend"),
        },
    ),
    (
        Needs::Nothing,
        Injection {
            name: "somebody has forgotten a layer",
            begin: |world| world.start_anew("bare"),
            wakes: &["MetricsMissing"],
            end: |world| world.start_anew("idle"),
        },
    ),
    (
        Needs::Nothing,
        Injection {
            name: "a clock is an hour behind, and what has been done since seems to be long ago",
            begin: |world| world.start_anew_as(an_hour_ago(), "alone"),
            wakes: &["ClockWrong", "PeriodicJobOverdue"],
            end: |world| world.start_anew("idle"),
        },
    ),
];

/// The machine's pressure is everybody's: it is the fault's alone once the first run is over.
pub(super) const IN_QUIET: Injection<Limited> = Injection {
    name: "all of a process' cores compute, and more would like to",
    begin: |world| {
        world.start_anew_as(on_one_core(), "idle");
        world.anew.begin("burn");
    },
    wakes: &["CpuHigh", "PressureLong"],
    end: |world| world.start_anew("idle"),
};
