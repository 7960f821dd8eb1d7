//! Dashboards: made from a description each, so that all of them have the same variables, filters and shapes.

mod colours;
mod expression;
mod http;
mod jobs;
mod kind;
mod overview;
mod page;
mod panel;
mod runtime;

use std::collections::BTreeMap;

use serde_json::{Value, json};

pub use page::{COMMAND, page};
pub use panel::Panel;

/// One dashboard: sections in the order in which somebody looks who was woken.
#[derive(Debug)]
pub struct Dashboard {
    name: &'static str,
    title: &'static str,
    sections: Vec<(&'static str, Vec<Panel>)>,
}

/// All of them.
#[must_use]
pub fn all() -> Vec<Dashboard> {
    vec![
        overview::dashboard(),
        http::dashboard(),
        jobs::dashboard(),
        runtime::dashboard(),
    ]
}

/// Of Grafana 11.
const SCHEMA: u32 = 39;

const COLUMNS: u32 = 24;

impl Dashboard {
    fn new(name: &'static str, title: &'static str) -> Self {
        Self {
            name,
            title,
            sections: Vec::new(),
        }
    }

    fn section(mut self, title: &'static str, panels: Vec<Panel>) -> Self {
        self.sections.push((title, panels));
        self
    }

    /// The file's name.
    #[must_use]
    pub fn file(&self) -> String {
        format!("{}.json", self.name)
    }

    /// The file's text.
    ///
    /// # Panics
    ///
    /// Never: it is made of strings and numbers.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text =
            serde_json::to_string_pretty(&sorted(self.json())).expect("strings and numbers");
        text.push('\n');
        text
    }

    fn json(&self) -> Value {
        json!({
            "uid": format!("fedimetrics-{}", self.name),
            "title": self.title,
            "tags": ["fedimetrics"],
            "schemaVersion": SCHEMA,
            "version": 1,
            "editable": true,
            "graphTooltip": 1,
            "fiscalYearStartMonth": 0,
            "timezone": "browser",
            "time": { "from": "now-6h", "to": "now" },
            "refresh": "1m",
            "links": [{
                "type": "dashboards", "title": "fedimetrics", "tags": ["fedimetrics"], "asDropdown": true, "icon": "external link",
                "includeVars": true, "keepTime": true, "targetBlank": false, "tooltip": "", "url": "",
            }],
            "templating": { "list": variables() },
            "annotations": { "list": [deploys()] },
            "panels": self.panels(),
        })
    }

    fn panels(&self) -> Vec<Value> {
        let (mut panels, mut y) = (Vec::new(), 0);
        for (title, section) in &self.sections {
            let id = panels.len() + 1;
            panels.push(json!({
                "id": id, "type": "row", "title": title, "collapsed": false, "panels": [],
                "gridPos": { "x": 0, "y": y, "w": COLUMNS, "h": 1 },
            }));
            y += 1;
            let (mut x, mut high) = (0, 0);
            for panel in section {
                if x + panel.width() > COLUMNS {
                    (x, y, high) = (0, y + high, 0);
                }
                panels.push(panel.json(panels.len() + 1, x, y));
                x += panel.width();
                high = high.max(panel.height());
            }
            y += high;
        }
        panels
    }
}

fn variables() -> Value {
    let label = |name: &str, label: &str, query: &str| {
        json!({
            "type": "query", "name": name, "label": label, "datasource": { "type": "prometheus", "uid": "${datasource}" },
            "query": { "query": query, "refId": name }, "definition": query, "refresh": 2, "sort": 1, "multi": true,
            "includeAll": true, "allValue": ".+", "current": { "text": "All", "value": "$__all" }, "options": [], "hide": 0,
            "regex": "", "skipUrlSync": false,
        })
    };
    json!([
        {
            "type": "datasource", "name": "datasource", "label": "data source", "query": "prometheus",
            "refresh": 1, "hide": 0, "includeAll": false, "multi": false, "options": [], "regex": "", "skipUrlSync": false,
        },
        label("job", "server", "label_values(service_build_info, job)"),
        label("instance", "process", "label_values(service_build_info{job=~\"$job\"}, instance)"),
    ])
}

/// A line where something else began to run.
fn deploys() -> Value {
    let builds = "group by (job, version, revision) (service_build_info{SERVER}";
    let expression = panel::filtered(&format!("{builds}) unless {builds} offset 5m)"));
    json!({
        "name": "deploys", "enable": true, "hide": false, "iconColor": "blue",
        "datasource": { "type": "prometheus", "uid": "${datasource}" },
        "target": { "refId": "deploys", "expr": expression, "interval": "60s" },
        "titleFormat": "{{job}} {{version}}", "textFormat": "{{revision}}",
    })
}

/// With keys in the order of the alphabet, whether or not somebody in the build asks for the order of insertion.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            let sorted: BTreeMap<_, _> = map.into_iter().collect();
            let sorted = sorted
                .into_iter()
                .map(|(key, value)| (key, self::sorted(value)));
            Value::Object(sorted.collect())
        }
        Value::Array(values) => values.into_iter().map(sorted).collect(),
        other => other,
    }
}
