//! What Prometheus answers to an expression.

use std::collections::BTreeMap;
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::Value;
use ureq::Agent;

/// One series of an answer: its labels, and its values in the order of time.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// The labels, the name under `__name__`.
    pub labels: BTreeMap<String, String>,
    /// One value for an instant, several for a range.
    pub values: Vec<f64>,
}

/// The client of one server.
#[derive(Debug)]
pub(crate) struct Client {
    base: String,
    agent: Agent,
}

impl Client {
    pub(crate) fn new(base: String) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(std::time::Duration::from_secs(30)))
            .build();
        Self {
            base,
            agent: config.into(),
        }
    }

    /// What it answers at this path.
    pub(crate) fn get(&self, path: &str) -> Result<String, String> {
        let response = self.agent.get(format!("{}{path}", self.base)).call();
        match response {
            Ok(mut response) if response.status() == 200 => response
                .body_mut()
                .read_to_string()
                .map_err(|error| error.to_string()),
            Ok(response) => Err(response.status().to_string()),
            Err(error) => Err(error.to_string()),
        }
    }

    pub(crate) fn instant(&self, expression: &str) -> Result<Vec<Point>, String> {
        self.ask("/api/v1/query", &[("query", expression)])
    }

    pub(crate) fn range(
        &self,
        expression: &str,
        last: u64,
        step: u64,
    ) -> Result<Vec<Point>, String> {
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |now| now.as_secs());
        let (start, end, step) = ((now - last).to_string(), now.to_string(), step.to_string());
        let form = [
            ("query", expression),
            ("start", &*start),
            ("end", &*end),
            ("step", &*step),
        ];
        self.ask("/api/v1/query_range", &form)
    }

    fn ask(&self, path: &str, form: &[(&str, &str)]) -> Result<Vec<Point>, String> {
        let sent = self
            .agent
            .post(format!("{}{path}", self.base))
            .send_form(form.iter().copied());
        let text = sent
            .and_then(|mut response| response.body_mut().read_to_string())
            .map_err(|error| error.to_string())?;
        let answer: Value =
            serde_json::from_str(&text).map_err(|error| format!("{error}: {text}"))?;
        if answer["status"] != "success" {
            return Err(text);
        }
        let data = &answer["data"];
        let result = data["result"].as_array().ok_or_else(|| text.clone())?;
        if data["resultType"] == "scalar" {
            return Ok(vec![Point {
                labels: BTreeMap::new(),
                values: vec![value(&data["result"]).ok_or(text)?],
            }]);
        }
        result
            .iter()
            .map(|series| point(series).ok_or_else(|| text.clone()))
            .collect()
    }
}

fn point(series: &Value) -> Option<Point> {
    let labels = series["metric"].as_object()?.iter();
    let labels = labels.map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned())));
    let values = match series["values"].as_array() {
        Some(values) => values.iter().map(value).collect::<Option<_>>()?,
        None => vec![value(&series["value"])?],
    };
    Some(Point {
        labels: labels.collect::<Option<_>>()?,
        values,
    })
}

/// `[time, "value"]`, where the value is one that Rust reads, too: `+Inf`, `NaN`, `1e+06`.
fn value(pair: &Value) -> Option<f64> {
    pair[1].as_str()?.parse().ok()
}
