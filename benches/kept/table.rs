//! Table: what the administrators' guide says that an instance costs, held against what it does.

use crate::instance::Instance;

const GUIDE: &str = include_str!("../../docs/monitoring.md");

/// How far the guide may round.
const ROUNDED: f64 = 0.15;

/// Columns of the table.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Column {
    Lines = 1,
    Plain,
    Zipped,
    YearInPrometheus,
    YearInVictoriaMetrics,
}

/// The bench ends here if the guide says something else.
pub(crate) fn says(instance: &Instance, column: Column, is: f64) {
    let row = row(instance);
    let says = number(row[column as usize]);
    let name = instance.name;
    assert!(
        (says - is).abs() <= ROUNDED * is,
        "{name}, {column:?}: docs/monitoring.md says {says}, and it is {is}"
    );
}

fn row(instance: &Instance) -> Vec<&'static str> {
    let Instance {
        name,
        routes,
        queues,
        workers,
        ..
    } = instance;
    let begin = format!("| {name}: {routes} routes, {queues} queues, {workers} workers |");
    let row = GUIDE.lines().find(|line| line.starts_with(&begin));
    let row = row.unwrap_or_else(|| panic!("docs/monitoring.md has no row {begin}"));
    row.trim_matches('|').split('|').map(str::trim).collect()
}

/// `1,060 kB`, in bytes.
fn number(cell: &str) -> f64 {
    let (number, unit) = cell.split_once(' ').unwrap_or((cell, ""));
    let number: f64 = number.replace(',', "").parse().unwrap_or(f64::NAN);
    let unit = match unit {
        "kB" => 1e3,
        "MB" => 1e6,
        "GB" => 1e9,
        _ => 1.0,
    };
    number * unit
}
