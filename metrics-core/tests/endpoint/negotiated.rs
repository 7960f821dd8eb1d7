//! Formats and encodings, as real scrapers ask for them.

use fedimetrics_core::endpoint::Listen;
use fedimetrics_core::testing::Scrape;
use fedimetrics_core::{Access, Endpoint, Exporter};

use crate::support::{get, serve};

const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";
const OPENMETRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

#[test]
fn prometheus_gets_openmetrics_and_others_text() {
    let exporter = Exporter::builder().build().unwrap();
    let (_serving, address) = serve(&exporter, Access::open());
    for (accept, kind) in [
        (
            "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
            OPENMETRICS,
        ),
        ("text/plain;version=0.0.4;q=1,*/*;q=0.1", TEXT),
        ("*/*", TEXT),
        ("image/png", TEXT),
        ("text/plain;q=0, image/png", TEXT),
    ] {
        let reply = get(address, &[("accept", accept)]);
        assert_eq!(
            (reply.status, reply.header("content-type")),
            (200, Some(kind)),
            "{accept}"
        );
        assert_eq!(
            reply.text().ends_with("# EOF\n"),
            kind == OPENMETRICS,
            "{accept}"
        );
        assert_eq!(reply.header("content-encoding"), None);
    }
}

#[test]
fn compressed_a_scrape_is_the_same_scrape() {
    let text = (0..5000)
        .map(|number| format!("demo_total{{host=\"{number}.example\"}} {number}\n"))
        .collect::<String>();
    let shown = text.clone();
    let serving = Endpoint::over(move || shown.clone(), Access::open())
        .serve(Listen::tcp(([127, 0, 0, 1], 0)))
        .unwrap();
    let address = serving.local_addr().unwrap();
    let plain = get(address, &[]);
    assert_eq!(plain.text(), text);
    let gzip = get(address, &[("accept-encoding", "gzip")]);
    assert_eq!(gzip.header("content-encoding"), Some("gzip"));
    assert_eq!(gzip.header("content-type"), Some(TEXT));
    assert!(
        gzip.body.len() * 3 < plain.body.len(),
        "{}",
        gzip.body.len()
    );
    assert_eq!(gzip.text(), text);
}

#[test]
fn an_exporter_is_compressed_in_either_format() {
    let exporter = Exporter::builder().build().unwrap();
    let (_serving, address) = serve(&exporter, Access::open());
    for accept in ["*/*", "application/openmetrics-text"] {
        let reply = get(
            address,
            &[("accept", accept), ("accept-encoding", "gzip, deflate")],
        );
        assert_eq!(reply.header("content-encoding"), Some("gzip"));
        assert!(Scrape::parse(&reply.text()).has("exporter_scrapes_total"));
    }
}
