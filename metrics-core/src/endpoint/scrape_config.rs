//! Scrape config: what Prometheus and VictoriaMetrics have to be told.

use std::fmt::Write;
use std::path::Path;

/// What Prometheus, or VictoriaMetrics' promscrape, has to be told to scrape this server.
///
/// The target is `host:port`. With `https://` in front it is scraped over TLS, and so is port 443; with a path behind it,
/// that path is scraped and not `/metrics`.
///
/// # Examples
///
/// ```
/// use fedimetrics_core::endpoint::scrape_config;
///
/// assert_eq!(
///     scrape_config("fediverse", "example.social:443", "/etc/prometheus/fediverse.token"),
///     r#"scrape_configs:
///   - job_name: "fediverse"
///     scheme: https
///     metrics_path: "/metrics"
///     authorization:
///       type: Bearer
///       credentials_file: "/etc/prometheus/fediverse.token"
///     static_configs:
///       - targets: ["example.social:443"]
/// "#
/// );
/// ```
#[must_use]
pub fn scrape_config(job: &str, target: &str, token_path: impl AsRef<Path>) -> String {
    let (scheme, rest) = match target.split_once("://") {
        Some(("https", rest)) => ("https", rest),
        Some((_, rest)) => ("http", rest),
        None => ("", target),
    };
    let (address, path) = rest
        .find('/')
        .and_then(|at| rest.split_at_checked(at))
        .unwrap_or((rest, ""));
    let scheme = match scheme {
        "" if address.ends_with(":443") => "https",
        "" => "http",
        scheme => scheme,
    };
    let path = if path.len() > 1 { path } else { "/metrics" };
    format!(
        r#"scrape_configs:
  - job_name: {job}
    scheme: {scheme}
    metrics_path: {path}
    authorization:
      type: Bearer
      credentials_file: {token}
    static_configs:
      - targets: [{address}]
"#,
        job = quoted(job),
        path = quoted(path),
        token = quoted(&token_path.as_ref().to_string_lossy()),
        address = quoted(address),
    )
}

/// A string of YAML, whatever is in it.
fn quoted(text: &str) -> String {
    let mut quoted = String::from('"');
    for letter in text.chars() {
        match letter {
            '"' | '\\' => quoted.extend(['\\', letter]),
            letter if letter.is_control() => {
                let _ = write!(quoted, "\\U{:08x}", u32::from(letter));
            }
            letter => quoted.push(letter),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_can_say_how_and_where() {
        for (target, scheme, path, address) in [
            ("127.0.0.1:9187", "http", "/metrics", "127.0.0.1:9187"),
            (
                "example.social:443",
                "https",
                "/metrics",
                "example.social:443",
            ),
            (
                "https://example.social",
                "https",
                "/metrics",
                "example.social",
            ),
            (
                "https://example.social/",
                "https",
                "/metrics",
                "example.social",
            ),
            (
                "http://[::1]:9187/admin/metrics",
                "http",
                "/admin/metrics",
                "[::1]:9187",
            ),
        ] {
            let config = scrape_config("job", target, "token");
            for line in [
                format!("    scheme: {scheme}\n"),
                format!("    metrics_path: \"{path}\"\n"),
                format!("      - targets: [\"{address}\"]\n"),
            ] {
                assert!(config.contains(&line), "{target}: {config}");
            }
        }
    }

    #[test]
    fn nothing_gets_out_of_its_quotes() {
        let config = scrape_config("a\"]\n- b\\", "host:1", "/etc/\u{7}");
        assert!(
            config.contains("job_name: \"a\\\"]\\U0000000a- b\\\\\"\n"),
            "{config}"
        );
        assert_eq!(config.lines().count(), 9);
        assert!(!config.contains("evaluation_interval"));
    }
}
