//! ResponseLabel: one more label on `http_server_requests_total`, read from the head of each response.

use std::sync::OnceLock;

use fedimetrics_core::{Label, Metric, OTHER};

use crate::catalogue::{REQUESTS, requests_with};

/// One more label on `http_server_requests_total`, over a closed set of values: a cache's verdict, say. Declared once, as
/// a `static`; given to [`with_label`](crate::HttpMetricsLayer::with_label).
///
/// It multiplies the series of that family by its values, so keep them few.
///
/// # Examples
///
/// ```
/// use fedimetrics_tower::{HttpMetricsLayer, ResponseLabel};
///
/// static CACHE: ResponseLabel = ResponseLabel::new("cache", &["hit", "miss", "stale"]);
///
/// let http = HttpMetricsLayer::new()
///     .with_label(&CACHE, |head| head.headers.get("x-cache")?.to_str().ok());
/// ```
#[derive(Debug)]
pub struct ResponseLabel {
    values: &'static [&'static str],
    labels: [Label; 6],
    metric: OnceLock<Metric>,
}

/// How many values there can be.
const CAP: usize = 30;

impl ResponseLabel {
    /// A label with this key and these values, at most 30. Beside them it reads empty where the function knows none or
    /// there was no response, and `_other` where it names one that is not among them.
    ///
    /// # Panics
    ///
    /// If the key is one that Prometheus does not take or that the metric has already, or there are too many values. In a
    /// `static` that is an error of the compiler's.
    #[must_use]
    pub const fn new(key: &'static str, values: &'static [&'static str]) -> Self {
        assert!(
            is_key(key),
            "Prometheus takes no such label, or it is taken"
        );
        assert!(values.len() <= CAP, "too many values");
        Self {
            values,
            labels: requests_with(Label::closed(key, values)),
            metric: OnceLock::new(),
        }
    }

    /// The family with this label on it.
    pub(crate) fn metric(&'static self) -> &'static Metric {
        self.metric.get_or_init(|| REQUESTS.labels(&self.labels))
    }

    /// A value as a number; 0 for none.
    pub(crate) fn place(&self, value: Option<&str>) -> u8 {
        let Some(value) = value else { return 0 };
        let place = self.values.iter().position(|known| *known == value);
        place.unwrap_or(self.values.len()) as u8 + 1
    }

    /// The label value of a number.
    pub(crate) fn word(&self, place: u8) -> &'static str {
        match usize::from(place).checked_sub(1) {
            Some(place) => self.values.get(place).unwrap_or(&OTHER),
            None => "",
        }
    }
}

const fn is_key(key: &str) -> bool {
    let bytes = key.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let fits = bytes[at] == b'_'
            || bytes[at].is_ascii_alphabetic()
            || at > 0 && bytes[at].is_ascii_digit();
        if !fits {
            return false;
        }
        at += 1;
    }
    let reserved = bytes.len() > 1 && bytes[0] == b'_' && bytes[1] == b'_';
    at > 0
        && !reserved
        && !is_one_of(bytes, &["job", "instance", "le", "quantile"])
        && !is_one_of(bytes, &["http_request_method", "http_route", "surface"])
        && !is_one_of(bytes, &["http_response_status_code", "error_type"])
}

const fn is_one_of(key: &[u8], words: &[&str]) -> bool {
    let mut at = 0;
    while at < words.len() {
        if is_equal(key, words[at].as_bytes()) {
            return true;
        }
        at += 1;
    }
    false
}

/// `==` is not for constants yet.
const fn is_equal(one: &[u8], other: &[u8]) -> bool {
    let mut at = 0;
    while at < one.len() && at < other.len() && one[at] == other[at] {
        at += 1;
    }
    at == one.len() && at == other.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    static CACHE: ResponseLabel = ResponseLabel::new("cache", &["hit", "miss"]);

    #[test]
    fn a_value_out_of_the_set_is_other() {
        for (value, word) in [(Some("hit"), "hit"), (Some("x"), "_other"), (None, "")] {
            assert_eq!(CACHE.word(CACHE.place(value)), word);
        }
    }

    #[test]
    fn keys_that_prometheus_or_the_metric_has_are_not_taken() {
        for key in ["cache", "_a1", "jobs"] {
            assert!(is_key(key), "{key}");
        }
        for key in [
            "",
            "1a",
            "a-b",
            "__a",
            "job",
            "le",
            "surface",
            "http_route",
            "error_type",
        ] {
            assert!(!is_key(key), "{key}");
        }
    }

    #[test]
    fn the_family_is_the_same_but_for_its_label() {
        assert_eq!(CACHE.metric().name(), REQUESTS.name());
        assert_eq!(
            CACHE.metric().label_keys().len(),
            REQUESTS.label_keys().len() + 1
        );
        assert_eq!(CACHE.metric().label_keys()[..5], *REQUESTS.label_keys());
    }
}
