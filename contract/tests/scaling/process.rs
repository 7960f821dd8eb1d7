//! A server's process, as far as others see it: numbers, a listener, and a file that says where that is.

use std::fs;
use std::path::{Path, PathBuf};

use fedimetrics_contract::snippet;
use fedimetrics_core::endpoint::{Listen, Serving};
use fedimetrics_core::{Access, Exporter, FileSd, Published};
use tempfile::TempDir;

const TOKEN: &str = "Zm9sbG93IG1lIG9uIGZlZGl2ZXJzZQ";

/// What the processes of one host share.
pub(crate) struct Host {
    folder: TempDir,
}

/// One process. Fields are dropped in this order.
pub(crate) struct Process {
    pub(crate) published: Option<Published>,
    pub(crate) exporter: Exporter,
    _serving: Serving,
}

impl Host {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("token"), TOKEN).unwrap();
        fs::create_dir(folder.path().join("targets")).unwrap();
        Self { folder }
    }

    pub(crate) fn targets(&self) -> PathBuf {
        self.folder.path().join("targets")
    }

    fn token(&self) -> PathBuf {
        self.folder.path().join("token")
    }

    /// One of the guide's configurations that watch the folder, in a hurry.
    pub(crate) fn config(&self, name: &str, replaced: &[(&str, &str)]) -> String {
        let shown = |path: &Path| path.to_str().unwrap().to_owned();
        let (token, targets) = (shown(&self.token()), shown(&self.targets()));
        let mut all = vec![
            ("/etc/prometheus/fediverse.token", &*token),
            ("/run/fediverse/targets", &*targets),
        ];
        all.extend(replaced);
        in_a_hurry(&snippet("scaling", name, &all))
    }

    /// A process that posted this often.
    pub(crate) fn starts(&self, slot: &str, role: &str, posts: u64) -> Process {
        let exporter = posted(posts);
        let access = Access::bearer_token_file(self.token()).unwrap();
        let serving = exporter
            .serve(Listen::tcp(([127, 0, 0, 1], 0)), access)
            .unwrap();
        let published = FileSd::new(self.targets(), slot)
            .with_label("role", role)
            .publish(serving.local_addr().unwrap())
            .unwrap();
        Process {
            published: Some(published),
            exporter,
            _serving: serving,
        }
    }
}

/// An exporter of a process that posted this often.
pub(crate) fn posted(posts: u64) -> Exporter {
    let exporter = Exporter::builder().with_runtime_gauges().build().unwrap();
    metrics::with_local_recorder(&exporter.recorder(), || {
        metrics::counter!("demo_posts_total").increment(posts);
    });
    exporter
}

/// The same, every second.
pub(crate) fn in_a_hurry(yaml: &str) -> String {
    let hurry = "global:\n  scrape_interval: 1s\n  scrape_timeout: 1s\n";
    match yaml.strip_prefix("global:\n") {
        Some(rest) => format!("{hurry}{rest}"),
        None => format!("{hurry}{yaml}"),
    }
}
