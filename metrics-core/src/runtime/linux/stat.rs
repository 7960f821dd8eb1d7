//! `/proc/self/stat`: CPU time, threads, start and memory in one line.

/// What is read of `/proc/self/stat`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Stat {
    pub(super) cpu_ticks: u64,
    pub(super) threads: u64,
    pub(super) start_ticks: u64,
    pub(super) virtual_bytes: u64,
    pub(super) resident_pages: u64,
}

impl Stat {
    /// Fields are counted from behind the program's name, which may hold blanks and parentheses.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (_, fields) = text.rsplit_once(')')?;
        let fields: Vec<&str> = fields.split_ascii_whitespace().collect();
        // proc_pid_stat(5) counts from 1, and the first two are cut off.
        let field = |number: usize| fields.get(number - 3)?.parse::<u64>().ok();
        Some(Self {
            cpu_ticks: field(14)?.checked_add(field(15)?)?,
            threads: field(20)?,
            start_ticks: field(22)?,
            virtual_bytes: field(23)?,
            resident_pages: field(24)?,
        })
    }
}

/// When the machine started, in seconds since 1970: from `/proc/stat`.
pub(super) fn booted(stat: &str) -> Option<f64> {
    stat.lines()
        .find_map(|line| line.strip_prefix("btime "))?
        .trim()
        .parse()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_parentheses_does_not_shift_the_fields() {
        let text = "7 (a) b (c)) S 1 7 7 0 -1 4194304 90 0 0 0 12 30 0 0 20 0 5 0 4242 1048576 77 18446744073709551615 0 0";
        let stat = Stat {
            cpu_ticks: 42,
            threads: 5,
            start_ticks: 4242,
            virtual_bytes: 1_048_576,
            resident_pages: 77,
        };
        assert_eq!(Stat::parse(text), Some(stat));
        assert_eq!(Stat::parse("7 (cut off) S 1 7"), None);
    }

    #[test]
    fn the_boot_time_is_found() {
        assert_eq!(
            booted("cpu 1 2 3\nbtime 1700000000\nprocesses 7\n"),
            Some(1_700_000_000.0)
        );
        assert_eq!(booted("cpu 1 2 3\n"), None);
    }
}
