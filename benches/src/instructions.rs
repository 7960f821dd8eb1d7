//! Instructions, as callgrind counts them: the same on a busy machine as on a quiet one.

use std::env;
use std::process::{Command, Stdio};

use anyhow::{Context, ensure};

/// Instructions of one operation of this row, from a run of this very program under callgrind. `None` where there is no
/// valgrind.
pub(crate) fn of(row: &str, iterations: u32) -> anyhow::Result<Option<f64>> {
    if Command::new("valgrind")
        .arg("--version")
        .stdout(Stdio::null())
        .status()
        .is_err()
    {
        return Ok(None);
    }
    let folder = tempfile::tempdir()?;
    let written = folder.path().join("callgrind");
    let output = Command::new("valgrind")
        .args([
            "--tool=callgrind",
            "--toggle-collect=*instructions::counted*",
        ])
        .arg(format!("--callgrind-out-file={}", written.display()))
        .arg(env::current_exe()?)
        .args(["--row", row, "--iterations", &iterations.to_string()])
        .output()
        .context("valgrind")?;
    ensure!(
        output.status.success(),
        "{row} under callgrind: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = std::fs::read_to_string(written)?;
    let total = total(&text).context("callgrind wrote no total")?;
    ensure!(
        total > 0,
        "callgrind did not find the function whose instructions it should count"
    );
    Ok(Some(total as f64 / f64::from(iterations)))
}

/// The other side: runs under callgrind.
pub(crate) fn run(run: &mut dyn FnMut(), iterations: u32) {
    // Uncounted: handles are resolved, tables are made, the clock is measured.
    for _ in 0..iterations.div_ceil(4) {
        run();
    }
    counted(run, iterations);
}

/// Callgrind counts within this function only, by its name: so there is no set-up in the sum, and nothing to subtract.
#[inline(never)]
fn counted(run: &mut dyn FnMut(), iterations: u32) {
    for _ in 0..iterations {
        run();
    }
}

fn total(written: &str) -> Option<u64> {
    let line = written.lines().find_map(|line| {
        line.strip_prefix("totals:")
            .or_else(|| line.strip_prefix("summary:"))
    })?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_total_is_read() {
        assert_eq!(
            total("version: 1\nevents: Ir\n\nfn=(1) main\n3 4\n\ntotals: 7420\n"),
            Some(7420)
        );
        assert_eq!(total("version: 1\n"), None);
    }
}
