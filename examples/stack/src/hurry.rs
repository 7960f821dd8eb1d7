//! Hurry: the same rules, but waiting some times shorter, so that an alert can be seen while somebody watches.

/// How many times shorter rules wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hurry(u32);

impl Default for Hurry {
    fn default() -> Self {
        Self(1)
    }
}

/// Units of PromQL's durations, in milliseconds. Longer words first: `ms` is no `m`.
const UNITS: [(&str, u64); 7] = [
    ("ms", 1),
    ("s", 1_000),
    ("m", 60_000),
    ("h", 3_600_000),
    ("d", 86_400_000),
    ("w", 604_800_000),
    ("y", 31_536_000_000),
];

/// Shorter than this there would be too few scrapes within a range.
const SHORTEST: u64 = 4_000;

impl Hurry {
    /// This many times; `None` for 0.
    #[must_use]
    pub fn by(times: u32) -> Option<Self> {
        (times > 0).then_some(Self(times))
    }

    /// Whether rules wait as long as they say.
    #[must_use]
    pub const fn is_one(self) -> bool {
        self.0 == 1
    }

    /// A file of rules with every duration in `expr`, `for`, `interval` and `keep_firing_for` divided. What people read stays.
    #[must_use]
    pub fn rules(self, yaml: &str) -> String {
        if self.is_one() {
            return yaml.to_owned();
        }
        let mut hurried = String::with_capacity(yaml.len());
        // A key that is deeper than the expression's belongs to it: it is a block.
        let mut expression = None;
        for line in yaml.lines() {
            let text = line.trim_start();
            let depth = line.len() - text.len();
            let key = text.trim_start_matches("- ");
            if expression.is_some_and(|at| !text.is_empty() && depth <= at) {
                expression = None;
            }
            let waits = ["for:", "interval:", "keep_firing_for:"];
            if key.starts_with("expr:") {
                expression = Some(depth + (text.len() - key.len()));
            }
            if expression.is_some() || waits.iter().any(|wait| key.starts_with(wait)) {
                hurried.push_str(&self.durations(line));
            } else {
                hurried.push_str(line);
            }
            hurried.push('\n');
        }
        hurried
    }

    /// An expression with every duration divided, but none shorter than four seconds.
    #[must_use]
    pub fn expression(self, text: &str) -> String {
        if self.is_one() {
            return text.to_owned();
        }
        self.durations(text)
    }

    fn durations(self, text: &str) -> String {
        let mut divided = String::with_capacity(text.len());
        let mut rest = text;
        let mut before = ' ';
        while let Some(first) = rest.chars().next() {
            let within = before.is_alphanumeric() || matches!(before, '_' | '.' | '"');
            let found = if within { None } else { duration(rest) };
            let (taken, length) = match found {
                Some((milliseconds, length)) => {
                    let shorter =
                        (milliseconds / u64::from(self.0)).max(SHORTEST.min(milliseconds));
                    divided.push_str(&format!("{shorter}ms"));
                    (rest[..length].chars().next_back().unwrap_or(first), length)
                }
                None => {
                    divided.push(first);
                    (first, first.len_utf8())
                }
            };
            before = taken;
            rest = &rest[length..];
        }
        divided
    }
}

/// The duration that a text begins with, such as `1h30m`, in milliseconds, and its length.
fn duration(text: &str) -> Option<(u64, usize)> {
    let (mut total, mut length) = (0, 0);
    loop {
        let rest = &text[length..];
        let digits = rest.find(|letter: char| !letter.is_ascii_digit())?;
        let Ok(number) = rest[..digits].parse::<u64>() else {
            break;
        };
        let (unit, milliseconds) = UNITS
            .iter()
            .find(|(unit, _)| rest[digits..].starts_with(unit))?;
        total += number * milliseconds;
        length += digits + unit.len();
        if text[length..].is_empty() {
            break;
        }
    }
    let ends = text[length..]
        .chars()
        .next()
        .is_none_or(|next| !next.is_alphanumeric() && next != '_');
    (length > 0 && ends).then_some((total, length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_rules_wait_for_gets_shorter() {
        let yaml = r#"groups:
- name: demo 5m
  interval: 1m
  rules:
  - record: job:outcomes:increase1h
    expr: sum by (job) (increase(outcomes_total{le="0.5", note="5m"}[1h] offset 1d)) > 30
  - alert: Late
    expr: |
      x_total[1h30m] > 900

      and y1h offset 10m
    for: 10m
    annotations:
      summary: late for 10m
"#;
        let hurried = Hurry::by(60).unwrap().rules(yaml);
        for line in [
            "- name: demo 5m",
            "  interval: 4000ms",
            "  - record: job:outcomes:increase1h",
            r#"    expr: sum by (job) (increase(outcomes_total{le="0.5", note="5m"}[60000ms] offset 1440000ms)) > 30"#,
            "      x_total[90000ms] > 900",
            "      and y1h offset 10000ms",
            "    for: 10000ms",
            "      summary: late for 10m",
        ] {
            assert!(
                hurried.lines().any(|found| found == line),
                "{line} is not in\n{hurried}"
            );
        }
        assert_eq!(Hurry::default().rules(yaml), yaml);
    }
}
