//! JSON: the one target group that a file holds.

use std::collections::BTreeMap;

/// The meta label that says whose file it is. Scrapers drop it; it never becomes a label of a series.
const OWNER: &str = "__meta_fedimetrics_owner";

/// The text of a file.
pub(super) fn group(target: &str, labels: &BTreeMap<String, String>, owner: &str) -> String {
    let mut text = String::from("[{\"targets\":[");
    quote(target, &mut text);
    text.push_str("],\"labels\":{");
    for (key, value) in labels {
        quote(key, &mut text);
        text.push(':');
        quote(value, &mut text);
        text.push(',');
    }
    quote(OWNER, &mut text);
    text.push(':');
    quote(owner, &mut text);
    text.push_str("}}]\n");
    text
}

fn quote(value: &str, text: &mut String) {
    text.push('"');
    for c in value.chars() {
        match c {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            c if c < ' ' => {
                text.push_str("\\u00");
                let digit = |four: u32| char::from_digit(four, 16).unwrap_or('0');
                text.extend([digit(u32::from(c) >> 4), digit(u32::from(c) & 15)]);
            }
            c => text.push(c),
        }
    }
    text.push('"');
}
