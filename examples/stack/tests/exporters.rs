//! The exporters of the guide beside ours: a real nginx, PostgreSQL, Redis and this machine, in one Prometheus with the demo
//! server.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests end where something is not as it should be"
)]

use std::fs;
use std::net::TcpStream;
use std::path::Path;

use fedimetrics_contract::{Prometheus, snippet};
use fedimetrics_services::{Daemon, Postgres, Redis, try_ports};
use tempfile::TempDir;

/// A program of Debian's that runs on a free port until it is dropped.
struct Program {
    port: u16,
    _daemon: Daemon,
    _folder: TempDir,
}

impl Program {
    /// `command` is what the program is started with on a port, in a folder of its own; `package` is where it comes from.
    fn start(package: &str, command: impl Fn(&Path, u16) -> Vec<String>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (daemon, port) = try_ports(package, |port| {
            let mut arguments = vec!["--".to_owned()];
            arguments.extend(command(folder.path(), port));
            Daemon::start("TERM", arguments, folder.path(), || {
                TcpStream::connect(("127.0.0.1", port)).is_ok()
            })
        })
        .unwrap();
        Self {
            port,
            _daemon: daemon,
            _folder: folder,
        }
    }

    /// An exporter that listens where it is told to, with these arguments and these words in its environment.
    fn exporter(package: &str, environment: &[String], arguments: &[String]) -> Self {
        Self::start(package, |_, port| {
            let mut command = vec!["env".to_owned()];
            command.extend(environment.iter().cloned());
            command.push(package.to_owned());
            command.push(format!("--web.listen-address=127.0.0.1:{port}"));
            command.extend(arguments.iter().cloned());
            command
        })
    }

    fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }
}

/// An nginx that does nothing but say how it is.
fn nginx() -> Program {
    Program::start("nginx-light", |folder, port| {
        let shown = folder.display();
        let config = format!(
            "daemon off;
master_process off;
pid {shown}/pid;
error_log {shown}/errors;
events {{}}
http {{
    access_log off;
    client_body_temp_path {shown}/body;
    proxy_temp_path {shown}/proxy;
    fastcgi_temp_path {shown}/fastcgi;
    uwsgi_temp_path {shown}/uwsgi;
    scgi_temp_path {shown}/scgi;
    server {{
        listen 127.0.0.1:{port};
        location = /stub_status {{ stub_status; }}
    }}
}}
"
        );
        fs::write(folder.join("nginx.conf"), config).unwrap();
        let command = format!("nginx -e {shown}/errors -c {shown}/nginx.conf");
        command.split(' ').map(ToOwned::to_owned).collect()
    })
}

/// The metrics of others that the guide's table says answer a question.
fn named_in_the_guide() -> Vec<String> {
    let guide = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/monitoring.md");
    let guide = fs::read_to_string(guide).unwrap();
    let (_, table) = guide.split_once("| question | who answers |").unwrap();
    let (table, _) = table.split_once("\n\n").unwrap();
    let words = table.split('`').skip(1).step_by(2);
    words
        .filter(|word| {
            ["node_", "pg_", "redis_", "nginx_"]
                .iter()
                .any(|begin| word.starts_with(begin))
        })
        .map(ToOwned::to_owned)
        .collect()
}

#[test]
fn every_exporter_of_the_guide_is_scraped_beside_ours_and_answers_its_questions() {
    let (postgres, redis, nginx) = (Postgres::start(), Redis::start(), nginx());
    let node = Program::exporter("prometheus-node-exporter", &[], &[]);
    let of_postgres = Program::exporter(
        "prometheus-postgres-exporter",
        &[format!(
            "DATA_SOURCE_NAME={}?sslmode=disable",
            postgres.url()
        )],
        &[],
    );
    let of_redis = Program::exporter(
        "prometheus-redis-exporter",
        &[],
        &[format!("--redis.addr={}", redis.url())],
    );
    let of_nginx = Program::exporter(
        "prometheus-nginx-exporter",
        &[],
        &[format!(
            "--nginx.scrape-uri=http://{}/stub_status",
            nginx.address()
        )],
    );

    let runtime = tokio::runtime::Runtime::new().unwrap();
    let server = runtime
        .block_on(fediverse::start(fediverse::Options {
            listen: ([127, 0, 0, 1], 0).into(),
            neighbours: false,
            visitors: false,
            ..fediverse::Options::default()
        }))
        .unwrap();
    let exporters = snippet(
        "monitoring",
        "yaml exporters",
        &[
            ("127.0.0.1:9100", &node.address()),
            ("127.0.0.1:9187", &of_postgres.address()),
            ("127.0.0.1:9121", &of_redis.address()),
            ("127.0.0.1:9113", &of_nginx.address()),
        ],
    );
    let ours = server.token.scrape_config(server.address);
    let theirs = exporters.strip_prefix("scrape_configs:\n").unwrap();
    // The one list is indented, the other is not.
    let theirs: String = theirs.lines().map(|line| format!("  {line}\n")).collect();
    let prometheus = Prometheus::configured(&format!(
        "global:\n  scrape_interval: 1s\n  scrape_timeout: 1s\n{ours}{theirs}"
    ));
    prometheus.until("count(up == 1) == 5");

    let named = named_in_the_guide();
    assert!(named.len() >= 7, "{named:?}");
    for metric in named {
        prometheus.until(&metric);
    }
    // And they say what is so.
    prometheus.until("pg_up == 1 and on () redis_up == 1 and on () nginx_up == 1");
    prometheus.until(r#"service_build_info{job="fediverse"} == 1"#);
    runtime.block_on(server.shutdown());
}
