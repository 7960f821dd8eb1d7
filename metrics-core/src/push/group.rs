//! Group: the job and the labels of a push, as each kind of server wants them in the path.

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE;

/// `/metrics/job/<job>/<key>/<value>…`, a Pushgateway's grouping key. What could be taken for a piece of the path goes
/// as base64, under `<key>@base64`; nothing is `=` there.
pub(super) fn pushgateway(labels: &[(String, String)]) -> String {
    let mut path = String::from("/metrics");
    for (key, value) in labels {
        path.extend(["/", key]);
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        if !value.is_empty() && value.bytes().all(plain) {
            path.extend(["/", value]);
        } else if value.is_empty() {
            path.push_str("@base64/=");
        } else {
            path.push_str("@base64/");
            URL_SAFE.encode_string(value, &mut path);
        }
    }
    path
}

/// `/api/v1/import/prometheus?extra_label=<key>%3D<value>&…`.
pub(super) fn victoria_metrics(labels: &[(String, String)]) -> String {
    let mut path = String::from("/api/v1/import/prometheus");
    for (place, (key, value)) in labels.iter().enumerate() {
        path.push(if place == 0 { '?' } else { '&' });
        path.extend(["extra_label=", key, "%3D"]);
        for byte in value.bytes() {
            if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
                path.push(char::from(byte));
            } else {
                // Writing to a String cannot fail.
                let _ = write!(path, "%{byte:02X}");
            }
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(labels: &[(&str, &str)]) -> Vec<(String, String)> {
        labels
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn a_grouping_key_is_one_path_whatever_is_in_it() {
        // The examples of the Pushgateway's own documentation, and what a path would swallow.
        for (value, expected) in [
            ("nightly", "/nightly"),
            ("/var/tmp", "@base64/L3Zhci90bXA="),
            ("", "@base64/="),
            ("Прометей", "@base64/0J_RgNC-0LzQtdGC0LXQuQ=="),
            ("..", "@base64/Li4="),
            ("a b?c#d%2F", "@base64/YSBiP2MjZCUyRg=="),
        ] {
            let path = pushgateway(&labels(&[("job", "j"), ("instance", value)]));
            assert_eq!(path, format!("/metrics/job/j/instance{expected}"));
        }
    }

    #[test]
    fn extra_labels_are_one_query_whatever_is_in_them() {
        let path = victoria_metrics(&labels(&[("job", "a=b&c"), ("instance", "ü /")]));
        assert_eq!(
            path,
            "/api/v1/import/prometheus?extra_label=job%3Da%3Db%26c&extra_label=instance%3D%C3%BC%20%2F"
        );
    }
}
