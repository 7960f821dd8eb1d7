//! `/proc/self/status`: what the memory holds.

/// What is read of `/proc/self/status`, in bytes. Old kernels do not know all of it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Status {
    pub(super) resident: Option<u64>,
    pub(super) peak: Option<u64>,
    pub(super) anon: Option<u64>,
    pub(super) file: Option<u64>,
    pub(super) shmem: Option<u64>,
    pub(super) swap: Option<u64>,
}

impl Status {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut status = Self::default();
        for line in text.lines() {
            let Some((key, value)) = line.split_once(':') else {
                continue;
            };
            let slot = match key {
                "VmRSS" => &mut status.resident,
                "VmHWM" => &mut status.peak,
                "RssAnon" => &mut status.anon,
                "RssFile" => &mut status.file,
                "RssShmem" => &mut status.shmem,
                "VmSwap" => &mut status.swap,
                _ => continue,
            };
            *slot = bytes(value);
        }
        (status != Self::default()).then_some(status)
    }
}

/// The kernel's `kB` are 1,024 bytes.
fn bytes(value: &str) -> Option<u64> {
    let number: u64 = value.trim().strip_suffix("kB")?.trim_end().parse().ok()?;
    number.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_memory_adds_up() {
        let text = "Name:\ta\u{fffd} VmRSS:\nState:\tS (sleeping)\nVmPeak:\t  400000 kB\nVmHWM:\t   30000 kB\nVmRSS:\t   20036 kB\nRssAnon:\t   12000 kB\nRssFile:\t    8000 kB\nRssShmem:\t      36 kB\nVmSwap:\t       0 kB\nThreads:\t4\n";
        let status = Status::parse(text).unwrap();
        assert_eq!(status.peak, Some(30_000 * 1024));
        assert_eq!(status.swap, Some(0));
        let parts = [status.anon, status.file, status.shmem].map(Option::unwrap);
        assert_eq!(parts.iter().sum::<u64>(), status.resident.unwrap());
    }

    #[test]
    fn an_old_kernel_has_no_parts_and_a_kernel_thread_has_nothing() {
        let old = Status::parse("VmHWM:\t300 kB\nVmRSS:\t200 kB\n").unwrap();
        assert_eq!((old.resident, old.anon), (Some(204_800), None));
        assert_eq!(Status::parse("Name:\tkthreadd\nThreads:\t1\n"), None);
    }

    #[test]
    fn another_unit_and_a_number_too_large_are_unknown() {
        let odd = "VmRSS:\t200 MB\nVmHWM:\t18446744073709551615 kB\nVmSwap:\t7 kB\n";
        let status = Status::parse(odd).unwrap();
        assert_eq!((status.resident, status.peak), (None, None));
        assert_eq!(status.swap, Some(7168));
    }
}
