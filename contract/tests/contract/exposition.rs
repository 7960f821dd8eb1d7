//! The judge itself: what is wrong with a scrape is found.

use fedimetrics_contract::{Exposition, lints};

fn findings(text: &str) -> Vec<String> {
    Exposition::parse(text).undocumented(|name| name.starts_with("own_"))
}

const HELP: &str =
    "# HELP exporter_scrapes_total Requests to the endpoint, by the status they got.\n";
const TYPE: &str = "# TYPE exporter_scrapes_total counter\n";

#[test]
fn a_scrape_as_declared_is_fine() {
    let text = format!("{HELP}{TYPE}exporter_scrapes_total{{code=\"200\"}} 1\n");
    assert_eq!(findings(&text), Vec::<String>::new());
}

#[test]
fn an_unknown_family_is_found_unless_it_is_the_hosts() {
    let text = "# TYPE own_total counter\nown_total 1\n# TYPE stray_total counter\nstray_total 1\nlost 1\n";
    assert_eq!(
        findings(text),
        [
            "stray_total is in no catalogue",
            "lost belongs to no family"
        ]
    );
}

#[test]
fn another_kind_help_key_or_value_is_found() {
    let text = "# HELP exporter_scrapes_total No.\n# TYPE exporter_scrapes_total gauge\nexporter_scrapes_total{code=\"200\"} 1\n";
    assert_eq!(findings(text).len(), 2, "{:?}", findings(text));
    let text = format!("{HELP}{TYPE}exporter_scrapes_total{{code=\"200\",path=\"/\"}} 1\n");
    assert_eq!(findings(&text).len(), 1, "{:?}", findings(&text));
    let text = format!("{HELP}{TYPE}exporter_scrapes_total{{code=\"418\"}} 1\n");
    assert_eq!(findings(&text), ["exporter_scrapes_total has code=\"418\""]);
}

#[test]
fn what_is_missing_is_found() {
    let nothing = Exposition::parse("");
    assert!(nothing.missing().contains(&"exporter_overflow_total"));
    assert!(nothing.unborn().contains(&"http_server_outcomes_total"));
    assert!(
        !nothing.unborn().contains(&"http_server_requests_total"),
        "it is lazy"
    );
}

#[test]
fn a_declared_counter_that_has_moved_is_found() {
    let text = format!(
        "{HELP}{TYPE}exporter_scrapes_total{{code=\"200\"}} 1\nexporter_scrapes_total{{code=\"401\"}} 0\n"
    );
    assert_eq!(Exposition::parse(&text).moved().len(), 1);
}

#[test]
fn promtool_is_heard() {
    assert!(!lints("# TYPE requests counter\nrequests 1\n").is_empty());
    assert!(!lints("requests{ 1\n").is_empty());
}
