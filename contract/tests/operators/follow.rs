//! The guide's "In ten minutes", followed from its top as it is written, once with each engine: from nothing to an alert that arrives.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

use fedimetrics_contract::{Block, blocks, eventually, rules};
use fedimetrics_core::endpoint::{Listen, Serving};
use fedimetrics_core::testing::Scrape;
use fedimetrics_core::{Access, Exporter, Service};
use serde_json::Value;

use crate::machine::Machine;

/// How long what the guide promises may take here. There it says a minute.
const PATIENCE: Duration = Duration::from_secs(60);

/// One of the two that the guide lets choose from.
struct Engine {
    /// What the other's blocks are named after.
    other: &'static str,
    /// The port that tells of rules.
    rules: u16,
    hurried: &'static [(&'static str, &'static str)],
}

const PROMETHEUS: Engine = Engine {
    other: "victoria-metrics",
    rules: 9090,
    hurried: &[(
        "scrape_interval: 1m",
        "scrape_interval: 1s\n  scrape_timeout: 1s\n  evaluation_interval: 1s",
    )],
};

const VICTORIA_METRICS: Engine = Engine {
    other: "prometheus",
    rules: 8880,
    hurried: &[
        (
            "scrape_interval: 1m",
            "scrape_interval: 1s\n  scrape_timeout: 1s",
        ),
        (
            "-retentionPeriod",
            "-search.latencyOffset=0s -retentionPeriod",
        ),
        ("-datasource.url", "-evaluationInterval=1s -datasource.url"),
    ],
};

impl Engine {
    /// Whether whoever chose this one does what the block says.
    fn takes(&self, block: &str) -> bool {
        let (_, name) = block.split_once(' ').unwrap_or_default();
        !name.starts_with(self.other)
    }
}

/// What the guide promises that a block shows.
const SHOWN: [(&str, &str); 8] = [
    ("sh ask", "# TYPE"),
    ("sh prometheus-check", "SUCCESS"),
    ("sh victoria-metrics-check", "SUCCESS"),
    ("sh prometheus-up", "=> 1 @"),
    ("sh victoria-metrics-up", r#""1"]"#),
    ("sh prometheus-why", r#""lastError":"""#),
    ("sh victoria-metrics-why", "state=up"),
    ("sh alerts", "ItWorks"),
];

/// The guide's reader, and what there is.
struct Reader {
    engine: Engine,
    machine: Machine,
    exporter: Exporter,
    server: Option<Serving>,
}

impl Reader {
    fn new(engine: Engine) -> Self {
        let service = Service::new("fediverse", "1.0.0");
        Self {
            machine: Machine::new(engine.hurried),
            engine,
            exporter: Exporter::builder()
                .with_service(service)
                .with_runtime_gauges()
                .build()
                .unwrap(),
            server: None,
        }
    }

    fn follows(mut self) {
        let steps: Vec<_> = blocks("monitoring")
            .into_iter()
            .filter(|block| block.section == "In ten minutes" && self.engine.takes(&block.name))
            .collect();
        for (name, _) in SHOWN {
            let there = steps.iter().any(|block| block.name == name);
            assert_eq!(there, self.engine.takes(name), "{name}");
        }
        for block in &steps {
            self.step(block);
        }
        // The new token came and the old one went, and nothing was missed.
        assert_eq!(self.scrapes("401"), 0);
        let alerts = steps
            .iter()
            .find(|block| block.name == "sh alerts")
            .unwrap();
        // Neither engine takes what is new for what has changed, nor what is up for what is down.
        let said = self.machine.follow(alerts);
        assert!(
            !said.contains("Restarted") && !said.contains("Down"),
            "{said}"
        );
        self.server = None;
        self.shows(alerts, "ServerDown");
    }

    fn step(&mut self, block: &Block) {
        match SHOWN.iter().find(|(name, _)| *name == block.name) {
            Some((_, shown)) => self.shows(block, shown),
            None => {
                self.machine.follow(block);
            }
        }
        match &*block.name {
            "sh token" => self.start_the_server(),
            "sh rules" => self.hurry_the_rules(),
            "sh prometheus-up" | "sh victoria-metrics-up" => self.every_rule_is_well(),
            // A minute there, a second here: the server looks at its file that often.
            name if name.ends_with("new-token") || name == "sh old-token" => self.is_scraped(3),
            _ => {}
        }
    }

    /// Does what the block says until that shows this.
    fn shows(&mut self, block: &Block, this: &str) {
        let shown = eventually(PATIENCE, || {
            let said = self.machine.follow(block);
            if said.contains(this) {
                Ok(())
            } else {
                Err(said)
            }
        });
        shown.unwrap_or_else(|said| panic!("{}: no {this} in {said}", block.name));
    }

    fn start_the_server(&mut self) {
        let token = self.machine.path("/etc/fediverse/metrics.token");
        assert_eq!(mode(&token), 0o600, "others can read the token");
        let address = self.machine.address(8420);
        let access = Access::bearer_token_file(token).unwrap();
        self.server = Some(self.exporter.serve(Listen::tcp(address), access).unwrap());
    }

    /// Nobody waits for three minutes here.
    fn hurry_the_rules(&self) {
        let file = self.machine.path("/etc/prometheus/fedimetrics/http.yml");
        let hurried = fs::read_to_string(&file)
            .unwrap()
            .replace("for: 3m", "for: 1s");
        fs::write(&file, hurried).unwrap();
    }

    fn every_rule_is_well(&mut self) {
        let url = format!(
            "http://{}/api/v1/rules",
            self.machine.address(self.engine.rules)
        );
        let well = eventually(PATIENCE, || {
            let mut answer = ureq::get(&url).call().map_err(|error| error.to_string())?;
            let text = answer.body_mut().read_to_string().unwrap();
            let answer: Value = serde_json::from_str(&text).unwrap();
            let groups = answer["data"]["groups"].as_array().unwrap();
            let loaded = groups
                .iter()
                .flat_map(|group| group["rules"].as_array().unwrap());
            let well = loaded.filter(|rule| rule["health"] == "ok").count();
            if well == rules::all().len() {
                Ok(())
            } else {
                Err(text)
            }
        });
        well.unwrap();
    }

    fn scrapes(&self, code: &str) -> u64 {
        let scrape = Scrape::of(&self.exporter);
        scrape
            .value("exporter_scrapes_total", &[("code", code)])
            .unwrap_or_default() as u64
    }

    /// That often more, from now on.
    fn is_scraped(&self, times: u64) {
        let before = self.scrapes("200");
        let scraped = eventually(PATIENCE, || match self.scrapes("200") {
            now if now >= before + times => Ok(()),
            now => Err(now - before),
        });
        scraped.unwrap();
    }
}

fn mode(file: &Path) -> u32 {
    fs::metadata(file).unwrap().permissions().mode() & 0o777
}

#[test]
fn who_takes_prometheus_ends_with_an_alert_that_arrives() {
    Reader::new(PROMETHEUS).follows();
}

#[test]
fn who_takes_victoria_metrics_ends_with_an_alert_that_arrives() {
    Reader::new(VICTORIA_METRICS).follows();
}
