//! Chromium: makes a picture of a page.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, ensure};

/// Its width in pixels.
const WIDTH: u64 = 1600;

/// Draws a page that is this high.
pub(crate) fn draw(page: &str, height: u64, picture: &Path) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let source = folder.path().join("page.html");
    fs::write(&source, page)?;
    let drawn = Command::new("chromium")
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
        ])
        .args([
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
        ])
        .args([
            "--hide-scrollbars",
            "--force-device-scale-factor=1",
            "--virtual-time-budget=5000",
        ])
        .arg(format!(
            "--user-data-dir={}",
            folder.path().join("profile").display()
        ))
        .arg(format!("--window-size={WIDTH},{height}"))
        .arg(format!("--screenshot={}", picture.display()))
        .arg(format!("file://{}", source.display()))
        .stdin(Stdio::null())
        .output()
        .context("install the package chromium (Debian's name)")?;
    ensure!(
        drawn.status.success() && picture.exists(),
        "chromium draws no {}: {}",
        picture.display(),
        String::from_utf8_lossy(&drawn.stderr)
    );
    Ok(())
}
