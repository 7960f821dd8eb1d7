//! Picture: what a dashboard shows on real data, drawn without Grafana.
//!
//! A dashboard's JSON says what is asked and where it stands. The answers go into a page of our own (`page.html`), which
//! draws the kinds of panels that our dashboards have, and Chromium makes a picture of it.

mod chromium;
mod dashboard;

use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::Context;
use serde_json::{Value, json};

use crate::query::Queries;
use dashboard::Dashboard;
pub use dashboard::Window;

const PAGE: &str = include_str!("page.html");

/// Where the repository's dashboards are.
fn dashboards() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../dashboards")
}

/// Draws every dashboard of the repository into a folder, as NAME.png.
///
/// # Errors
///
/// When a dashboard cannot be read, an expression not be understood, or Chromium does not draw.
pub fn draw_all(
    queries: &Queries,
    folder: &Path,
    last: Duration,
    scrape: Duration,
) -> anyhow::Result<()> {
    fs::create_dir_all(folder)?;
    let window = Window::new(last, scrape);
    let mut paths: Vec<_> = fs::read_dir(dashboards())?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|end| end == "json"))
        .collect();
    paths.sort();
    for path in paths {
        let name = path
            .file_stem()
            .context("it has a name")?
            .to_string_lossy()
            .into_owned();
        let dashboard: Dashboard = serde_json::from_str(&fs::read_to_string(&path)?)
            .with_context(|| path.display().to_string())?;
        let answered = answers(&dashboard, queries, window).with_context(|| name.clone())?;
        let height = dashboard.height();
        let page = page(&dashboard.title, &answered, window)?;
        chromium::draw(&page, height, &folder.join(format!("{name}.png")))?;
    }
    Ok(())
}

/// Each panel as the page needs it: what it is, and what its expressions say.
fn answers(dashboard: &Dashboard, queries: &Queries, window: Window) -> anyhow::Result<Vec<Value>> {
    let mut panels = Vec::new();
    for panel in dashboard.panels() {
        let mut answers = Vec::new();
        for target in panel["targets"].as_array().into_iter().flatten() {
            let Some(expression) = target["expr"].as_str() else {
                continue;
            };
            let expression = window.fill(expression);
            let instant = target["instant"].as_bool().unwrap_or(false);
            let series = if instant {
                queries.instant(&expression)
            } else {
                queries.range(&expression, window.last(), window.step())
            };
            let series = series.with_context(|| format!("{}: {expression}", panel["title"]))?;
            let series: Vec<_> = series
                .into_iter()
                .map(
                    |one| json!({ "metric": one.metric, "values": one.values, "value": one.value }),
                )
                .collect();
            answers.push(json!({
                "refId": target["refId"],
                "legend": target["legendFormat"],
                "series": series,
            }));
        }
        panels.push(json!({ "panel": panel, "answers": answers }));
    }
    Ok(panels)
}

fn page(title: &str, panels: &[Value], window: Window) -> anyhow::Result<String> {
    let data = json!({ "title": title, "panels": panels, "seconds": window.last().as_secs() });
    // What stands in a script must not end it.
    let data = serde_json::to_string(&data)?.replace("</", "<\\/");
    Ok(PAGE.replace("/*DATA*/null", &data))
}
