//! Page: docs/panels.md, what each panel shows, for who reads and does not hover.

use std::fmt::Write;

use super::Dashboard;

/// How the page is made.
pub const COMMAND: &str = "cargo run -p fedimetrics-contract --bin panels-md > docs/panels.md";

/// The text of docs/panels.md, of the dashboards' own descriptions.
#[must_use]
pub fn page() -> String {
    let mut page = format!(
        "<!-- Generated: {COMMAND} -->

# What each panel shows

And what to do when it looks bad: the panels' own descriptions, in the order of the dashboards. [monitoring.md](monitoring.md) tells
how to get them, and what to do about an alert.
"
    );
    for dashboard in super::all() {
        dashboard.describe(&mut page);
    }
    page
}

impl Dashboard {
    fn describe(&self, page: &mut String) {
        let _ = writeln!(page, "\n## `{}`", self.name);
        for (title, panels) in &self.sections {
            let _ = writeln!(page, "\n### {title}\n\n| panel | shows |\n| --- | --- |");
            for panel in panels {
                let _ = writeln!(page, "| {} | {} |", panel.title, panel.description);
            }
        }
    }
}
