//! Whatever the files hold, their parsers answer.

use proptest::prelude::*;

use super::cgroup::{Cgroup, Mount, bytes, quota};
use super::cpu_wait::Schedstat;
use super::io::Io;
use super::kept::number;
use super::pressure::{Pressure, Totals};
use super::stat::{Stat, booted};
use super::status::Status;

/// Words that the files are made of, put together wrongly.
fn text() -> impl Strategy<Value = String> {
    const WORDS: &[&str] = &[
        "some ",
        "full ",
        "total=",
        "VmRSS:",
        "RssAnon:",
        "read_bytes:",
        "write_bytes:",
        "btime ",
        "oom_kill ",
        "max",
        "kB",
        " - ",
        "cgroup",
        "cgroup2",
        "/",
        "\\",
        "\\040",
        "\\9",
        ")",
        ":",
        ",",
        "\n",
        "\t",
        " ",
        "0",
        "-1",
        "1",
        "18446744073709551615",
        "99999999999999999999",
        "1e9",
        "\0",
        "é",
        "\u{fffd}",
    ];
    let word =
        prop_oneof![3 => prop::sample::select(WORDS).prop_map(str::to_owned), 1 => any::<String>()];
    prop::collection::vec(word, 0..40).prop_map(|words| words.concat())
}

proptest! {
    #[test]
    fn no_content_makes_a_parser_panic(text in text()) {
        let _ = Stat::parse(&text);
        let _ = booted(&text);
        let _ = Status::parse(&text);
        let _ = Io::parse(&text);
        let _ = Schedstat::parse(&text);
        let _ = Totals::parse(&text);
        let _ = number(&text, "oom_kill");
        let _ = Mount::parse(&text);
        let _ = bytes(&text);
        prop_assert!(quota(&text).is_none_or(|cores| cores.is_finite() && cores > 0.0));
    }

    #[test]
    fn no_hierarchy_makes_a_search_panic(cgroup in text(), mounts in text()) {
        let root = tempfile::tempdir().unwrap();
        let own = root.path().join("proc/self");
        std::fs::create_dir_all(&own).unwrap();
        std::fs::write(own.join("cgroup"), format!("0::{cgroup}\n1:memory:{cgroup}\n")).unwrap();
        let mounts = format!("1 1 0:1 {mounts} - cgroup2 a b\n1 1 0:1 / {mounts} - cgroup a memory\n{mounts}");
        std::fs::write(own.join("mountinfo"), mounts).unwrap();
        let _ = Cgroup::open(root.path());
        let _ = Pressure::open(root.path());
    }
}
