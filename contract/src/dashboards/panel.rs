//! Panel: one picture on a dashboard, as Grafana reads it.

use serde_json::{Map, Value, json};

use super::colours;
use super::kind::Kind;

/// One panel. Its expressions may say `PROCESS` where a process is chosen and `SERVER` where all processes of a server
/// count, as in `up{PROCESS}`.
#[derive(Clone, Debug)]
pub struct Panel {
    kind: Kind,
    pub(super) title: &'static str,
    pub(super) description: &'static str,
    unit: &'static str,
    width: u32,
    height: u32,
    thresholds: &'static [(&'static str, f64)],
    max: Option<f64>,
    none: &'static str,
    queries: Vec<(String, String)>,
    hidden: &'static [&'static str],
    columns: &'static [(&'static str, &'static str)],
    words: Option<[&'static str; 2]>,
}

impl Panel {
    const fn new(kind: Kind, title: &'static str, width: u32, height: u32) -> Self {
        Self {
            kind,
            title,
            description: "",
            unit: "short",
            width,
            height,
            thresholds: &[],
            max: None,
            none: "",
            queries: Vec::new(),
            hidden: &[],
            columns: &[],
            words: None,
        }
    }

    /// A number or a few.
    #[must_use]
    pub const fn stat(title: &'static str) -> Self {
        Self::new(Kind::Stat, title, 4, 4)
    }

    /// Lines over time.
    #[must_use]
    pub const fn lines(title: &'static str) -> Self {
        Self::new(Kind::Lines, title, 8, 8)
    }

    /// Lines whose sum is the whole.
    #[must_use]
    pub const fn stacked(title: &'static str) -> Self {
        Self::new(Kind::Stacked, title, 8, 8)
    }

    /// How many in each step of time.
    #[must_use]
    pub const fn bars(title: &'static str) -> Self {
        Self::new(Kind::Bars, title, 8, 8)
    }

    /// A list, the most first.
    #[must_use]
    pub const fn table(title: &'static str) -> Self {
        Self::new(Kind::Table, title, 8, 8)
    }

    /// The few with the most.
    #[must_use]
    pub const fn top(title: &'static str) -> Self {
        Self::new(Kind::Top, title, 8, 8)
    }

    /// What state something was in, over time.
    #[must_use]
    pub const fn states(title: &'static str) -> Self {
        Self::new(Kind::States, title, 8, 4).words("down", "up")
    }

    /// What it shows, and what to do when it looks bad.
    #[must_use]
    pub const fn says(mut self, description: &'static str) -> Self {
        self.description = description;
        self
    }

    /// Grafana's word for the unit.
    #[must_use]
    pub const fn unit(mut self, unit: &'static str) -> Self {
        self.unit = unit;
        self
    }

    /// In columns of 24, and in rows.
    #[must_use]
    pub const fn size(mut self, width: u32, height: u32) -> Self {
        self.width = width;
        self.height = height;
        self
    }

    /// From which value on it is of which colour; below the first one it is green.
    #[must_use]
    pub const fn from(mut self, thresholds: &'static [(&'static str, f64)]) -> Self {
        self.thresholds = thresholds;
        self
    }

    /// The top of its scale.
    #[must_use]
    pub const fn up_to(mut self, max: f64) -> Self {
        self.max = Some(max);
        self
    }

    /// What it shows where there is nothing.
    #[must_use]
    pub const fn else_says(mut self, none: &'static str) -> Self {
        self.none = none;
        self
    }

    /// Columns of a table that tell nothing.
    #[must_use]
    pub const fn without(mut self, hidden: &'static [&'static str]) -> Self {
        self.hidden = hidden;
        self
    }

    /// What columns of a table are called.
    #[must_use]
    pub const fn called(mut self, columns: &'static [(&'static str, &'static str)]) -> Self {
        self.columns = columns;
        self
    }

    /// What 0 and 1 mean, the bad one first.
    #[must_use]
    pub const fn words(mut self, no: &'static str, yes: &'static str) -> Self {
        self.words = Some([no, yes]);
        self
    }

    /// One more expression, and what its series are called.
    #[must_use]
    pub fn query(mut self, legend: &str, expression: impl AsRef<str>) -> Self {
        self.queries
            .push((legend.to_owned(), expression.as_ref().to_owned()));
        self
    }

    pub(super) const fn width(&self) -> u32 {
        self.width
    }

    pub(super) const fn height(&self) -> u32 {
        self.height
    }

    /// As Grafana reads it, at this place.
    pub(super) fn json(&self, id: usize, x: u32, y: u32) -> Value {
        let source = json!({ "type": "prometheus", "uid": "${datasource}" });
        json!({
            "id": id,
            "type": self.kind.plugin(),
            "title": self.title,
            "description": self.description,
            "datasource": source,
            "gridPos": { "x": x, "y": y, "w": self.width, "h": self.height },
            "targets": self.targets(&source),
            "fieldConfig": { "defaults": self.field(), "overrides": self.overrides() },
            "options": self.options(),
            "transformations": self.transformations(),
        })
    }

    fn targets(&self, source: &Value) -> Vec<Value> {
        let instant = matches!(self.kind, Kind::Stat | Kind::Table | Kind::Top);
        self.queries
            .iter()
            .zip('A'..)
            .map(|((legend, expression), letter)| {
                json!({
                    "refId": letter.to_string(),
                    "datasource": source,
                    "editorMode": "code",
                    "expr": filtered(expression),
                    "legendFormat": if legend.is_empty() { "__auto" } else { legend },
                    "instant": instant,
                    "range": !instant,
                    "format": if self.kind == Kind::Table { "table" } else { "time_series" },
                })
            })
            .collect()
    }

    fn field(&self) -> Value {
        let mut steps = vec![json!({ "color": "green", "value": null })];
        steps.extend(
            self.thresholds
                .iter()
                .map(|(colour, value)| json!({ "color": colour, "value": value })),
        );
        let mut field = Map::new();
        field.insert("unit".into(), self.unit.into());
        field.insert("color".into(), json!({ "mode": self.kind.colours() }));
        field.insert(
            "thresholds".into(),
            json!({ "mode": "absolute", "steps": steps }),
        );
        field.insert("mappings".into(), self.mappings());
        field.insert(
            "custom".into(),
            self.kind.custom(!self.thresholds.is_empty()),
        );
        if !matches!(self.kind, Kind::Table | Kind::States) {
            field.insert("min".into(), 0.into());
        }
        if let Some(max) = self.max {
            field.insert("max".into(), max.into());
        }
        if !self.none.is_empty() {
            field.insert("noValue".into(), self.none.into());
        }
        field.into()
    }

    fn overrides(&self) -> Value {
        if self.kind.plugin() != "timeseries" {
            return json!([]);
        }
        let legends: Vec<_> = self.queries.iter().map(|(legend, _)| &**legend).collect();
        colours::overrides(&legends)
    }

    fn mappings(&self) -> Value {
        let Some([no, yes]) = self.words else {
            return json!([]);
        };
        json!([{ "type": "value", "options": {
            "0": { "text": no, "color": "red", "index": 0 },
            "1": { "text": yes, "color": "green", "index": 1 },
        } }])
    }

    fn options(&self) -> Value {
        let last = json!({ "calcs": ["lastNotNull"], "fields": "", "values": false });
        match self.kind {
            Kind::Stat => json!({
                "reduceOptions": last, "colorMode": "value", "graphMode": "none", "justifyMode": "auto",
                "orientation": "auto", "textMode": "auto", "wideLayout": true,
            }),
            Kind::Top => json!({
                "reduceOptions": last, "displayMode": "basic", "orientation": "horizontal", "showUnfilled": false,
                "minVizHeight": 10, "minVizWidth": 0, "maxVizHeight": 24, "namePlacement": "auto", "sizing": "auto",
                "valueMode": "color",
            }),
            Kind::Table => json!({
                "showHeader": true, "cellHeight": "sm",
                "sortBy": [{ "displayName": self.column("Value"), "desc": true }],
            }),
            Kind::States => json!({
                "showValue": "never", "rowHeight": 0.9, "mergeValues": true,
                "legend": { "displayMode": "list", "placement": "bottom", "showLegend": true, "calcs": [] },
                "tooltip": { "mode": "single", "sort": "none" },
            }),
            Kind::Lines | Kind::Stacked | Kind::Bars => json!({
                "legend": { "displayMode": "list", "placement": "bottom", "showLegend": true, "calcs": [] },
                "tooltip": { "mode": "multi", "sort": "desc" },
            }),
        }
    }

    fn column(&self, name: &'static str) -> &'static str {
        let called = self.columns.iter().find(|(column, _)| *column == name);
        called.map_or(name, |(_, called)| called)
    }

    fn transformations(&self) -> Value {
        if self.kind != Kind::Table {
            return json!([]);
        }
        let excluded: Map<_, _> = ["Time", "__name__"]
            .iter()
            .chain(self.hidden)
            .map(|name| ((*name).to_owned(), true.into()))
            .collect();
        let renamed: Map<_, _> = self
            .columns
            .iter()
            .map(|(from, to)| ((*from).to_owned(), (*to).into()))
            .collect();
        json!([
            { "id": "merge", "options": {} },
            { "id": "organize", "options": { "excludeByName": excluded, "renameByName": renamed, "indexByName": {} } },
        ])
    }
}

/// An expression with the variables of the dashboard.
pub(super) fn filtered(expression: &str) -> String {
    expression
        .replace("PROCESS", r#"job=~"$job", instance=~"$instance""#)
        .replace("SERVER", r#"job=~"$job""#)
}
