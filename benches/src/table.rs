//! The table that a bench prints: a row a subject, the bare ones first.

use std::fmt::Write;

use crate::row::Row;

/// These rows, as markdown.
pub(crate) fn of(rows: &[Row]) -> String {
    let mut text = String::from(
        "\n| row | ns | added | ratio | instructions | allocations | bytes |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: |\n",
    );
    for row in rows {
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {} | {} | {} |",
            row.name,
            number(row.ns, 0),
            number(row.added, 0),
            number(row.ratio, 2),
            number(row.instructions, 0),
            number(row.allocations, 1),
            number(row.bytes, 0),
        );
    }
    text
}

fn number(value: Option<f64>, digits: usize) -> String {
    value.map_or_else(String::new, |value| format!("{value:.digits$}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_measured_is_left_empty() {
        let row = Row {
            name: "fn/bare".to_owned(),
            ns: Some(12.6),
            instructions: None,
            allocations: Some(2.0),
            bytes: Some(64.0),
            added: None,
            ratio: None,
        };
        let text = of(&[row]);
        assert!(
            text.ends_with("| fn/bare | 13 |  |  |  | 2.0 | 64 |\n"),
            "{text}"
        );
    }
}
