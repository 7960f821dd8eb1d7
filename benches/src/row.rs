//! Row: what one subject costs in one scenario.

use std::fs;
use std::path::Path;

use anyhow::Context;
use serde::{Deserialize, Serialize};

/// What one subject costs in one scenario, for one operation. What was not measured is absent.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// `scenario/subject`.
    pub name: String,
    /// Nanoseconds of the whole row.
    pub ns: Option<f64>,
    /// Instructions of the whole row.
    pub instructions: Option<f64>,
    /// Allocations of the whole row.
    pub allocations: Option<f64>,
    /// Bytes that they asked for.
    pub bytes: Option<f64>,
    /// Nanoseconds more than the bare row.
    pub added: Option<f64>,
    /// How many times the bare row's nanoseconds.
    pub ratio: Option<f64>,
}

impl Row {
    /// Its scenario and its subject.
    #[must_use]
    pub fn parts(&self) -> (&str, &str) {
        self.name.split_once('/').unwrap_or((&self.name, ""))
    }
}

/// Reads rows that [`write`] wrote.
pub(crate) fn read(path: &Path) -> anyhow::Result<Vec<Row>> {
    let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
    serde_json::from_str(&text).with_context(|| path.display().to_string())
}

/// Writes rows as an array of objects.
pub(crate) fn write(path: &Path, rows: &[Row]) -> anyhow::Result<()> {
    let mut text = serde_json::to_string_pretty(rows)?;
    text.push('\n');
    fs::write(path, text).with_context(|| path.display().to_string())
}
