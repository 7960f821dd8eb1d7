//! JSON: the one target group that a file holds.

use std::collections::BTreeMap;

use crate::json::quote;

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
