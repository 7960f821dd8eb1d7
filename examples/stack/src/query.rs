//! Queries: what a server of Prometheus' kind answers.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, ensure};
use serde::Deserialize;
use serde_json::Value;

/// One series: its labels, and its values by time.
#[derive(Clone, Debug, Deserialize)]
pub struct Series {
    /// The labels.
    pub metric: serde_json::Map<String, Value>,
    /// Seconds since 1970, and the value as a text.
    #[serde(default)]
    pub values: Vec<(f64, String)>,
    /// The same for an instant.
    #[serde(default)]
    pub value: Option<(f64, String)>,
}

/// Who is asked.
#[derive(Clone, Debug)]
pub struct Queries {
    base: String,
    agent: ureq::Agent,
}

impl Queries {
    /// A server at this address, such as `http://127.0.0.1:9090`.
    #[must_use]
    pub fn to(base: String) -> Self {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(30)))
            .build();
        Self {
            base,
            agent: config.into(),
        }
    }

    /// What is at a path, as JSON.
    ///
    /// # Errors
    ///
    /// When there is no answer, or it is no JSON.
    pub fn get(&self, path: &str) -> anyhow::Result<Value> {
        let text = self
            .agent
            .get(format!("{}{path}", self.base))
            .call()?
            .body_mut()
            .read_to_string()?;
        serde_json::from_str(&text).with_context(|| text)
    }

    /// What an expression says now.
    ///
    /// # Errors
    ///
    /// When it cannot be understood.
    pub fn instant(&self, expression: &str) -> anyhow::Result<Vec<Series>> {
        self.ask("/api/v1/query", &[("query", expression)])
    }

    /// What an expression said over the last while.
    ///
    /// # Errors
    ///
    /// When it cannot be understood.
    pub fn range(
        &self,
        expression: &str,
        last: Duration,
        step: Duration,
    ) -> anyhow::Result<Vec<Series>> {
        let end = SystemTime::now().duration_since(UNIX_EPOCH)?;
        let (start, end) = (
            end.saturating_sub(last).as_secs().to_string(),
            end.as_secs().to_string(),
        );
        let step = step.as_secs().max(1).to_string();
        self.ask(
            "/api/v1/query_range",
            &[
                ("query", expression),
                ("start", &start),
                ("end", &end),
                ("step", &step),
            ],
        )
    }

    fn ask(&self, path: &str, form: &[(&str, &str)]) -> anyhow::Result<Vec<Series>> {
        let mut response = self
            .agent
            .post(format!("{}{path}", self.base))
            .send_form(form.iter().copied())?;
        let text = response.body_mut().read_to_string()?;
        let mut answer: Value = serde_json::from_str(&text).with_context(|| text.clone())?;
        ensure!(answer["status"] == "success", "{text}");
        let mut data = answer["data"].take();
        if data["resultType"] == "scalar" {
            let value = serde_json::from_value(data["result"].take())?;
            return Ok(vec![Series {
                metric: serde_json::Map::new(),
                values: Vec::new(),
                value: Some(value),
            }]);
        }
        Ok(serde_json::from_value(data["result"].take())?)
    }
}
