//! Deadline: how long a scraper will wait for us.

use std::time::Duration;

use http::HeaderMap;

/// What Prometheus and VictoriaMetrics send.
const HEADER: &str = "x-prometheus-scrape-timeout-seconds";
/// Prometheus' own, for those who do not say.
const USUAL: Duration = Duration::from_secs(10);
/// Nobody's collectors may take longer than this.
const MOST: Duration = Duration::from_secs(60);
/// Kept for the way there and back.
const MARGIN: Duration = Duration::from_millis(500);

/// How long collectors may take for this scraper. What makes no sense as a time is as if nothing had been said.
pub(super) fn budget(headers: &HeaderMap) -> Duration {
    let said = headers
        .get(HEADER)
        .filter(|value| value.len() <= 32)
        .and_then(|value| value.to_str().ok()?.trim().parse::<f64>().ok())
        .filter(|seconds| seconds.is_finite() && *seconds > 0.0)
        .map(|seconds| Duration::from_secs_f64(seconds.min(MOST.as_secs_f64())));
    let timeout = said.unwrap_or(USUAL);
    timeout - MARGIN.min(timeout / 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_what_the_scraper_says_and_a_little_less() {
        for (said, milliseconds) in [
            (None, 9_500),
            (Some("10"), 9_500),
            (Some("2.5"), 2_000),
            (Some("0.1"), 50),
            (Some("86400"), 59_500),
            (Some("1e300"), 59_500),
            (Some("0"), 9_500),
            (Some("-3"), 9_500),
            (Some("NaN"), 9_500),
            (Some("inf"), 9_500),
            (Some("soon"), 9_500),
            (Some("0000000000000000000000000000000001"), 9_500),
        ] {
            let mut headers = HeaderMap::new();
            headers.extend(said.map(|said| {
                (
                    HEADER.parse::<http::HeaderName>().unwrap(),
                    said.parse().unwrap(),
                )
            }));
            assert_eq!(
                budget(&headers),
                Duration::from_millis(milliseconds),
                "{said:?}"
            );
        }
    }
}
