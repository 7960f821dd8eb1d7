//! The guide's "Exporters beside this one", followed as it is written, on a PostgreSQL, a Redis and an nginx that are there already.

use std::fs;
use std::net::TcpStream;
use std::process::Command;

use fedimetrics_contract::{Prometheus, blocks};
use fedimetrics_services::{Daemon, Postgres, Redis};

use crate::machine::Machine;

/// As PostgreSQL's administrator.
fn psql(postgres: &Postgres, sql: &str) -> Command {
    let mut command = Command::new("psql");
    command
        .args(["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1"])
        .args(["--dbname", &postgres.url(), "--command", sql]);
    command
}

/// An nginx that reads its `conf.d`, as Debian's does.
fn nginx(machine: &mut Machine) -> Daemon {
    let root = machine.path("/");
    let shown = root.display();
    let config = format!(
        "daemon off;
master_process off;
pid {shown}/nginx/pid;
error_log {shown}/log/nginx;
events {{}}
http {{
    access_log off;
    client_body_temp_path {shown}/nginx/body;
    proxy_temp_path {shown}/nginx/proxy;
    fastcgi_temp_path {shown}/nginx/fastcgi;
    uwsgi_temp_path {shown}/nginx/uwsgi;
    scgi_temp_path {shown}/nginx/scgi;
    include {shown}/etc/nginx/conf.d/*.conf;
}}
"
    );
    let folder = root.join("nginx");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("nginx.conf"), config).unwrap();
    let address = machine.address(8080);
    let command = format!("-- nginx -e {shown}/log/nginx -c {shown}/nginx/nginx.conf");
    let command = command.split(' ').map(ToOwned::to_owned).collect();
    Daemon::start("TERM", command, &folder, || {
        TcpStream::connect(address).is_ok()
    })
    .expect("nginx, from Debian's package nginx-light")
}

#[test]
fn exporters_are_set_up_as_the_guide_says_and_tell_what_they_know() {
    let (postgres, redis) = (Postgres::start(), Redis::start());
    // Debian's socket is somewhere else, and this machine has no user for it; Redis has a port of its own here.
    let server = format!("host=127.0.0.1 port={} sslmode=disable", postgres.port());
    let redis = format!(
        "--redis.addr={} --web.listen-address=127.0.0.1:9121",
        redis.url()
    );
    let mut machine = Machine::new(&[
        ("host=/run/postgresql", &server),
        ("--web.listen-address=127.0.0.1:9121", &redis),
    ]);
    fs::create_dir_all(machine.path("/etc/nginx/conf.d")).unwrap();
    let (mut web, mut prometheus) = (None, None);
    let steps: Vec<_> = blocks("monitoring")
        .into_iter()
        .filter(|block| block.section == "Exporters beside this one")
        .collect();
    for block in &steps {
        match &*block.name {
            "sql postgres-user" => {
                let run = psql(&postgres, &block.text).output().unwrap();
                let said = String::from_utf8_lossy(&run.stderr);
                assert!(run.status.success(), "{said}");
            }
            "yaml exporters" => {
                let hurried = "global:\n  scrape_interval: 1s\n  scrape_timeout: 1s\n";
                let yaml = machine.here(&block.text);
                prometheus = Some(Prometheus::configured(&format!("{hurried}{yaml}")));
            }
            name => {
                machine.follow(block);
                if name == "nginx stub-status" {
                    web = Some(nginx(&mut machine));
                }
            }
        }
    }
    let prometheus = prometheus.expect("the guide scrapes them");
    prometheus.until("count(up == 1) == 4");
    // Whom they look after answers.
    prometheus.until("pg_up == 1 and on () redis_up == 1 and on () nginx_up == 1");
    prometheus.until("node_filesystem_avail_bytes");
    // The user sees what others do, and not only itself.
    let mut another = psql(&postgres, "SELECT pg_sleep(300)").spawn().unwrap();
    prometheus.until(r#"max(pg_stat_activity_max_tx_duration{state="active"}) > 3"#);
    another.kill().unwrap();
    another.wait().unwrap();
    drop(web);
}
