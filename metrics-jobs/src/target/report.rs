//! Report: the failing servers as JSON, for those who may read the metrics.

use std::fmt::Write;
use std::time::SystemTime;

use fedimetrics_core::json::quote;

use super::failing::FailingTarget;
use super::table::Table;
use crate::labels::Standing;

/// `{"targets":{"ok":…,"failing":…,"given_up":…},"failing":[{"target":…},…]}`, times in Unix seconds.
pub(crate) fn json(table: &Table) -> String {
    let now = table.now();
    let mut text = String::from("{\"targets\":{");
    let standings = table.standings(now).by_standing;
    for (place, (standing, count)) in Standing::ALL.iter().zip(standings).enumerate() {
        comma(place, &mut text);
        let _ = write!(text, "\"{}\":{count}", standing.as_str());
    }
    text.push_str("},\"failing\":[");
    for (place, failing) in table.failing(now).iter().enumerate() {
        comma(place, &mut text);
        one(failing, &mut text);
    }
    text.push_str("]}\n");
    text
}

fn one(failing: &FailingTarget, text: &mut String) {
    text.push_str("{\"target\":");
    quote(&failing.target, text);
    let (reason, failures) = (failing.reason, failing.failures);
    let state = failing.standing.as_str();
    let (since, last) = (unix(failing.since), unix(failing.last));
    let (reason, blame) = (reason.as_str(), reason.blame().as_str());
    let _ = write!(
        text,
        ",\"state\":\"{state}\",\"reason\":\"{reason}\",\"blame\":\"{blame}\",\"failures\":{failures},\"since\":{since},\"last\":{last}}}"
    );
}

fn comma(place: usize, text: &mut String) {
    if place > 0 {
        text.push(',');
    }
}

fn unix(time: SystemTime) -> u64 {
    time.duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default()
        .as_secs()
}
