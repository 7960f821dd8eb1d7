//! Load: `wrk`, which asks as fast as it is answered.

use std::process::Command;

use anyhow::{Context, ensure};

/// Requests a second that are answered at this address, measured for one second.
pub(super) fn requests_a_second(url: &str) -> anyhow::Result<f64> {
    let output = Command::new("wrk")
        .args([
            "--threads",
            "1",
            "--connections",
            "32",
            "--duration",
            "1s",
            url,
        ])
        .output()
        .context("wrk, of Debian's package of that name")?;
    let text = String::from_utf8_lossy(&output.stdout);
    ensure!(
        output.status.success(),
        "{text}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    ensure!(
        !text.contains("Non-2xx") && !text.contains("Socket errors"),
        "{text}"
    );
    rate(&text).with_context(|| format!("wrk says no rate: {text}"))
}

fn rate(text: &str) -> Option<f64> {
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("Requests/sec:"))?;
    line.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_is_read() {
        let text = "Running 1s test\n  10 requests in 1.00s, 1.2KB read\nRequests/sec:  43210.98\nTransfer/sec: 5MB\n";
        assert_eq!(rate(text), Some(43_210.98));
        assert_eq!(rate("unable to connect"), None);
    }
}
