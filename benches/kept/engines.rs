//! Engines: how many bytes a real Prometheus and a real VictoriaMetrics keep of some hours' scrapes.

use std::fmt::Write as _;
use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context, ensure};

use crate::instance::Instance;
use crate::life::Life;

/// Minutes in a block of Prometheus', as it is first written.
const BLOCK: u64 = 2 * 60;

/// Minutes in what nine of them become within a day. Later, up to a month's are one, and the index weighs less still.
pub(crate) const LARGER: u64 = 9 * BLOCK;

/// How long somebody else's program may take to do what was asked.
const PATIENCE: Duration = Duration::from_secs(600);

/// Scrapes of an instance, one a minute from the beginning of a larger block on, and how many samples that were.
fn scrapes(
    instance: &Instance,
    minutes: u64,
    mut each: impl FnMut(u64, &str) -> anyhow::Result<()>,
) -> anyhow::Result<u64> {
    let begin = begin();
    let exporter = instance.exporter();
    let mut life = Life::of(&exporter, instance.a_minute);
    let mut samples = 0;
    for minute in begin..begin + minutes {
        life.minute((minute * 60) as f64);
        let text = exporter.render();
        let lines: Vec<_> = text.lines().filter(|line| !line.starts_with('#')).collect();
        samples += lines.len() as u64;
        each(minute * 60, &lines.join("\n"))?;
    }
    Ok(samples)
}

/// The minute that a larger block begins with, and two more have ended since.
fn begin() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    (now.unwrap_or_default().as_secs() / 60 / LARGER - 3) * LARGER
}

/// Bytes a sample in Prometheus' blocks: in the first ones, or in a larger one if there are minutes enough.
pub(crate) fn prometheus(instance: &Instance, minutes: u64) -> anyhow::Result<f64> {
    let folder = tempfile::tempdir()?;
    let (file, blocks) = (
        folder.path().join("openmetrics"),
        folder.path().join("blocks"),
    );
    let mut text = String::new();
    let samples = scrapes(instance, minutes, |second, lines| {
        for line in lines.lines() {
            text.push_str(line);
            let _ = writeln!(text, " {second}");
        }
        if second / 60 % BLOCK == BLOCK - 1 {
            block(&mut text, &file, &blocks)?;
        }
        Ok(())
    })?;
    if !text.is_empty() {
        block(&mut text, &file, &blocks)?;
    }
    if minutes == LARGER {
        // Only what two others follow is touched.
        for after in [1, 2] {
            let _ = writeln!(text, "another 1 {}", (begin() + after * LARGER) * 60);
            block(&mut text, &file, &blocks)?;
        }
        become_one(&blocks)?;
    }
    Ok(size(&blocks)? as f64 / samples as f64)
}

/// Makes a block of what was scraped.
fn block(text: &mut String, file: &Path, blocks: &Path) -> anyhow::Result<()> {
    text.push_str("# EOF\n");
    fs::write(file, &text)?;
    text.clear();
    let run = Command::new("promtool")
        .args(["tsdb", "create-blocks-from", "openmetrics", "--quiet"])
        .args([file, blocks])
        .output()
        .context("promtool, from Debian's package prometheus")?;
    let said = String::from_utf8_lossy(&run.stderr);
    ensure!(run.status.success(), "promtool: {said}");
    Ok(())
}

/// Has a Prometheus make a larger block of all but the last two, as it does by itself in the course of a day.
fn become_one(blocks: &Path) -> anyhow::Result<()> {
    let config = blocks.with_extension("yml");
    fs::write(&config, "")?;
    let _prometheus = Engine::start(&[
        "prometheus",
        &format!("--config.file={}", config.display()),
        &format!("--storage.tsdb.path={}", blocks.display()),
        "--storage.tsdb.retention.time=400d",
        "--web.listen-address=127.0.0.1:0",
    ])?;
    let is_block = |entry: &fs::DirEntry| entry.path().join("meta.json").exists();
    let deadline = Instant::now() + PATIENCE;
    while fs::read_dir(blocks)?.flatten().filter(is_block).count() != 3 {
        ensure!(Instant::now() < deadline, "blocks did not become one");
        thread::sleep(Duration::from_millis(500));
    }
    for beside in ["wal", "chunks_head", "lock", "queries.active"] {
        let path = blocks.join(beside);
        let _ = fs::remove_dir_all(&path).or_else(|_| fs::remove_file(&path));
    }
    Ok(())
}

/// Bytes a sample in the folder of a VictoriaMetrics that was told to write all down and to put it in order.
pub(crate) fn victoria_metrics(instance: &Instance, minutes: u64) -> anyhow::Result<f64> {
    let folder = tempfile::tempdir()?;
    let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let url = format!("http://{address}");
    let mut server = Engine::start(&[
        "victoria-metrics",
        &format!("-storageDataPath={}", folder.path().display()),
        &format!("-httpListenAddr={address}"),
    ])?;
    until("VictoriaMetrics is ready", || {
        get(&format!("{url}/health")).is_ok()
    })?;
    let samples = scrapes(instance, minutes, |second, lines| {
        ureq::post(format!(
            "{url}/api/v1/import/prometheus?timestamp={second}000"
        ))
        .send(lines)?;
        Ok(())
    })?;
    get(&format!("{url}/internal/force_flush"))?;
    get(&format!("{url}/internal/force_merge"))?;
    until("every sample is there, and merged", || {
        get(&format!("{url}/metrics")).is_ok_and(|metrics| {
            value(&metrics, "vm_rows{type=\"storage/") == samples as f64
                && value(&metrics, "vm_active_force_merges") == 0.0
        })
    })?;
    server.end()?;
    Ok(size(folder.path())? as f64 / samples as f64)
}

/// The sum of all lines that begin so.
fn value(metrics: &str, begin: &str) -> f64 {
    let lines = metrics.lines().filter(|line| line.starts_with(begin));
    let values = lines.filter_map(|line| line.rsplit(' ').next());
    values.filter_map(|value| value.parse::<f64>().ok()).sum()
}

fn get(url: &str) -> anyhow::Result<String> {
    Ok(ureq::get(url).call()?.body_mut().read_to_string()?)
}

fn until(what: &str, so: impl Fn() -> bool) -> anyhow::Result<()> {
    let deadline = Instant::now() + PATIENCE;
    while !so() {
        ensure!(Instant::now() < deadline, "never: {what}");
        thread::sleep(Duration::from_millis(100));
    }
    Ok(())
}

/// A program of Debian's that runs.
struct Engine(Child);

impl Engine {
    /// It dies with this thread.
    fn start(command: &[&str]) -> anyhow::Result<Self> {
        let child = Command::new("setpriv")
            .args(["--pdeathsig", "KILL", "--"])
            .args(command)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("setpriv, from Debian's package util-linux")?;
        Ok(Self(child))
    }

    /// It writes down what it still has in memory.
    fn end(&mut self) -> anyhow::Result<()> {
        Command::new("kill").arg(self.0.id().to_string()).status()?;
        self.0.wait()?;
        Ok(())
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Bytes of all files below a folder.
fn size(folder: &Path) -> anyhow::Result<u64> {
    let mut bytes = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let metadata = entry.metadata()?;
        bytes += if metadata.is_dir() {
            size(&entry.path())?
        } else {
            metadata.len()
        };
    }
    Ok(bytes)
}
